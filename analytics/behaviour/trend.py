import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from analytics.behaviour.calendar import Steps
from analytics.behaviour.events import NoSuchCell, Seen, numbers_of
from analytics.behaviour.matching import Selector, label_of, matcher

MOST_VALUES = 10_000
TOP = 8
WHOLE = "all"


class TooManyValues(Exception):
    """A property has more different values than are worth telling apart."""


@dataclass(frozen=True, slots=True)
class Series:
    """The events of one step, of one value of the property where the report is broken down (None: of all the other
    values), and how many different people did them: a step of the calendar at a time, and in the whole period."""

    selector: int
    value: str | None
    events: list[int]
    people: list[int]
    all_events: int
    all_people: int


class Trend:
    """Events and different people per day, week or month.

    A person counts once in each step of the calendar, and once in the whole period, of each series: so people of days
    do not add up to people of weeks. An event without the property is one of the value ""."""

    def __init__(
        self, selectors: Sequence[Selector], *, steps: Steps, by: str = "", values: Sequence[str] | None = None
    ) -> None:
        self._match, self._steps, self._by = matcher(selectors), steps, by
        self._selectors = len(selectors)
        # Of each selector: the values that are told apart, then all others.
        self._values: list[str | None] = [*(values or ()), None]
        self._place = {value: place for place, value in enumerate(self._values) if value is not None}
        size = self._selectors * len(self._values)
        self._events = [[0] * len(steps) for _series in range(size)]
        self._people = [[0] * len(steps) for _series in range(size)]
        self._whole = [0] * size

    def _cells(self, events: Sequence[Seen]) -> Iterable[tuple[int, int]]:
        width = len(self._values)
        for seen in events:
            places = self._match(seen)
            step = self._steps.place(seen.at) if places else None
            if step is not None:
                for selector in places:
                    yield selector * width + self._value(seen), step

    def _value(self, seen: Seen) -> int:
        if not self._by:
            return 0
        return self._place.get(label_of((seen.properties or {}).get(self._by)), len(self._values) - 1)

    def add(self, events: Sequence[Seen]) -> None:
        """Count a person."""
        found = set()
        for series, step in self._cells(events):
            self._events[series][step] += 1
            found.add((series, step))
        for series, step in found:
            self._people[series][step] += 1
        for series in {series for series, _step in found}:
            self._whole[series] += 1

    def result(self) -> list[Series]:
        """The series. Where it is broken down, what is left is one of them if there is anything."""
        width = len(self._values)
        series = [
            Series(place // width, self._values[place % width], events, people, sum(events), whole)
            for place, (events, people, whole) in enumerate(zip(self._events, self._people, self._whole, strict=True))
        ]
        return [one for one in series if not self._by or one.value is not None or one.all_events]

    def cell(self, series: Series, step: int | None) -> str:
        """The name of a number of a series: of a step, or of the whole period."""
        when = WHOLE if step is None else str(step)
        return f"{series.selector}:{when}:{json.dumps(series.value, ensure_ascii=False)}"

    def who(self, cell: str) -> Callable[[Sequence[Seen]], bool]:
        """Who stands behind a number (see `cell`); of none: who did any of it. Raises NoSuchCell."""
        if not cell:
            return lambda events: any(True for _found in self._cells(events))
        first, _colon, rest = cell.partition(":")
        when, _colon, value = rest.partition(":")
        try:
            wanted = json.loads(value)
        except (ValueError, RecursionError):
            raise NoSuchCell(cell) from None
        (selector,) = numbers_of(first, 1)
        steps = range(len(self._steps)) if when == WHOLE else numbers_of(when, 1)
        is_known = wanted is None or (isinstance(wanted, str) and wanted in self._place)
        if selector >= self._selectors or not is_known:
            raise NoSuchCell(cell)
        if when != WHOLE and steps[0] >= len(self._steps):
            raise NoSuchCell(cell)
        series = selector * len(self._values) + (len(self._values) - 1 if wanted is None else self._place[wanted])
        return lambda events: any(one == series and step in steps for one, step in self._cells(events))


class Values:
    """How often each value of a property comes: those that come most often are told apart."""

    def __init__(self, selectors: Sequence[Selector], *, steps: Steps, by: str) -> None:
        self._match, self._steps, self._by = matcher(selectors), steps, by
        self._counts: Counter[str] = Counter()

    def add(self, events: Sequence[Seen]) -> None:
        """Count a person's events. Raises TooManyValues: what is counted must fit into memory."""
        for seen in events:
            if self._match(seen) and self._steps.place(seen.at) is not None:
                self._counts[label_of((seen.properties or {}).get(self._by))] += 1
        if len(self._counts) > MOST_VALUES:
            raise TooManyValues

    def top(self) -> list[str]:
        """Those that come most often; of equally many, in the order of the alphabet."""
        ranked = sorted(self._counts, key=lambda value: (-self._counts[value], value))
        return ranked[:TOP]
