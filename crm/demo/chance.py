"""Where the demo company's chance comes from, and when things happen in it."""

from bisect import bisect
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

SEED = 20_260_601
DAYS = 730  # how far the dealings reach back

WEEKDAYS = (1.25, 1.1, 1.0, 1.0, 0.9, 0.2, 0.12)
MONTHS = (0.95, 0.95, 1.0, 1.0, 1.0, 0.97, 0.85, 0.85, 1.05, 1.1, 1.2, 1.15)
HOURS = (0, 0, 0, 0, 0, 0.2, 0.5, 1.5, 5, 9, 10, 8, 5, 7, 9, 8, 6, 4, 2, 1.5, 1, 0.8, 0.4, 0.1)
GROWTH = 0.6  # so much busier is the last day than the first


def stream(name: str, *, seed: int = SEED) -> Random:
    """A source of chance of its own for each name: drawing from one never moves another."""
    return Random(f"{seed}:{name}")  # noqa: S311 - invented people, no secrets


def midnight(at: datetime) -> datetime:
    """The beginning of this day in UTC."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


@cache
def zone(name: str) -> ZoneInfo:
    """The time zone of this IANA name."""
    return ZoneInfo(name)


class Rhythm:
    """When people write and buy: by weekday, season and hour, a little more each month."""

    def __init__(self, end: datetime, *, days: int = DAYS) -> None:
        self.end, self.days = end, days
        self.first = (end - timedelta(days=days)).date()
        weights = (self._weight(self.first + timedelta(days=n), n) for n in range(days))
        self.cumulated = list(accumulate(weights, initial=0.0))
        self.hours = list(accumulate(HOURS))

    def _weight(self, day: date, number: int) -> float:
        return WEEKDAYS[day.weekday()] * MONTHS[day.month - 1] * (1 + GROWTH * number / self.days)

    def moment(self, rng: Random, time_zone: str, *, since: datetime | None = None) -> datetime:
        """A moment (UTC) of these days, at waking hours of the zone; after `since` where it is given."""
        skipped = max(0, (since - self.end).days + self.days + 1) if since else 0
        drawn = rng.uniform(self.cumulated[min(skipped, self.days - 1)], self.cumulated[-1])
        number = min(bisect(self.cumulated, drawn) - 1, self.days - 1)
        return self.during(rng, self.first + timedelta(days=number), time_zone)

    def during(self, rng: Random, day: date, time_zone: str) -> datetime:
        """A moment (UTC) of this local day, before the end of the dealings."""
        hour = bisect(self.hours, rng.uniform(0, self.hours[-1] - 0.001))
        local = time(hour, rng.randrange(60), rng.randrange(60), tzinfo=zone(time_zone))
        moment = datetime.combine(day, local).astimezone(UTC)
        return moment if moment < self.end else moment - timedelta(days=1)


def some(rng: Random, count: float) -> int:
    """A whole number whose mean is `count`."""
    return int(count) + (rng.random() < count % 1)
