"""Days, weeks and months of a time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from analytics.behaviour.blocks import Array
from analytics.behaviour.events import SECOND

MOST_STEPS = 400  # more would fit on no page


class TooManySteps(Exception):
    """The period has more steps than a report shows."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Days, weeks from Monday or calendar months. Step n begins at `starts[n]` and ends where the next one begins; the
    first may begin late in its week or month, the last ends with the period. `starts` has one moment more, the end."""

    days: tuple[date, ...]
    starts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.days)

    @property
    def start(self) -> int:
        """The beginning of the first."""
        return self.starts[0]

    @property
    def end(self) -> int:
        """The end of the last."""
        return self.starts[-1]

    def places(self, at: Array) -> Array:
        """In which step each of these moments lies; -1: in none."""
        found: Array = np.searchsorted(self.starts, at, side="right") - 1
        found[found == len(self)] = -1
        return found


def steps_between(first: date, last: date, unit: str, zone: ZoneInfo, *, further: int = 0) -> Steps:
    """The steps from one day to another, both of them in it, and so many whole ones after the last.

    A day begins at midnight of the zone: where clocks go forward at midnight, with the first moment there is, and where
    they go back, with the first of the two midnights. Days last 23, 24 or 25 hours. Raises TooManySteps."""
    days = list(_marks(first, last, unit))
    end = last + timedelta(days=1)
    if further:
        end = following(days[-1], unit)
        for _number in range(further):
            days.append(end)
            end = following(end, unit)
    if len(days) > MOST_STEPS:
        raise TooManySteps
    return Steps(tuple(days), tuple(midnight(day, zone) for day in (*days, end)))


def _marks(first: date, last: date, unit: str) -> Iterator[date]:
    day, number = first, 0
    while day <= last and number <= MOST_STEPS:
        yield day
        day, number = following(day, unit), number + 1


def following(day: date, unit: str) -> date:
    """The first day of the next step."""
    if unit == "day":
        return day + timedelta(days=1)
    if unit == "week":
        return day + timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def midnight(day: date, zone: ZoneInfo) -> int:
    """The beginning of a day."""
    return int(datetime.combine(day, time(), zone).timestamp()) * SECOND
