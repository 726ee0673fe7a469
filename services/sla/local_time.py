"""From local intervals to UTC instants, with every change to and from summer time.

Instants are integers, microseconds since 1970 in UTC: sums and comparisons of them are exact.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECOND = 1_000_000
DAY = 86_400 * SECOND
DAY_SECONDS = 86_400

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Moments outside these years are refused: they are errors in the data, not service hours."""

Shifts = tuple[tuple[int, int], ...]
"""The open intervals of one weekday, from and until, in seconds of the local day."""

Spans = tuple[tuple[int, int], ...]
"""Open intervals, from and until, as instants."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def instant(moment: datetime) -> int:
    """The instant of an aware moment. Raises ValueError for a naive one and outside FIRST_YEAR..LAST_YEAR."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} must have a time zone")
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise ValueError(f"{moment} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return (moment - _EPOCH) // _MICROSECOND


def moment(instant: int) -> datetime:
    """The UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=instant)


def new_year(year: int) -> int:
    """The instant at which a year begins in UTC."""
    return (datetime(year, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND


def zone(name: str) -> ZoneInfo:
    """The time zone of an IANA name. Raises ValueError for an unknown one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise ValueError(f"{name!r} is not a time zone") from error


@lru_cache(maxsize=2048)
def spans_of_year(week: tuple[Shifts, ...], holidays: frozenset[date], tz: str, year: int) -> Spans:
    """The open spans of the local days of a year, in order, empty ones left out.

    week: the shifts of Monday to Sunday. holidays: the closed days of that year.
    """
    place = zone(tz)
    spans = []
    for number in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
        day = date.fromordinal(number)
        if day in holidays:
            continue
        for start, end in week[day.weekday()]:
            span = instant_of_wall(day, start, place), instant_of_wall(day, end, place)
            if span[0] < span[1]:
                spans.append(span)
    return tuple(spans)


def instant_of_wall(day: date, second: int, place: ZoneInfo) -> int:
    """The instant at which clocks on the wall of a place show so many seconds after midnight of a day.

    A time that is skipped stands for the moment of the change, one that occurs twice for its first
    occurrence. So neighbouring intervals stay neighbours, and what is open round the clock never has a gap.
    """
    wall = datetime(day.year, day.month, day.day) + timedelta(seconds=second)
    before = _offset(wall.replace(tzinfo=place))
    after = _offset(wall.replace(tzinfo=place, fold=1))
    utc = wall.replace(tzinfo=UTC)
    if after <= before:
        return (utc - before - _EPOCH) // _MICROSECOND
    return (_moment_of_change(utc - after, utc - before, place) - _EPOCH) // _MICROSECOND


def _moment_of_change(early: datetime, late: datetime, place: ZoneInfo) -> datetime:
    """The second in (early, late] at which the offset of a place changes, by halving."""
    final = _offset(late.astimezone(place))
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if _offset(middle.astimezone(place)) == final:
            late = middle
        else:
            early = middle
    return late


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta(0)
