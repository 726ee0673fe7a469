"""Steps of time: weeks from Monday to Sunday and days, in the time zone of the company."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

import numpy as np

from analytics.demand.panel import Array

# The Monday before 1970-01-01, with which week 0 begins.
FIRST_MONDAY = date(1969, 12, 29)
WEEK, DAY = 7, 1


class Offset(NamedTuple):
    """From UTC, in seconds, up to a moment (None: for good)."""

    until: datetime | None
    seconds: int


def offsets(zone: tzinfo, start: datetime, end: datetime) -> list[Offset]:
    """The offsets of a zone in a time, in order: it changes about twice a year."""
    found: list[Offset] = []
    moment, current = start, _offset(zone, start)
    while moment < end:
        later = min(moment + timedelta(days=1), end)
        if (changed := _offset(zone, later)) != current:
            found.append(Offset(_change(zone, moment, later), current))
            current = changed
        moment = later
    return [*found, Offset(None, current)]


def _change(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    first = _offset(zone, before)
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if _offset(zone, middle) == first:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _offset(zone: tzinfo, moment: datetime) -> int:
    shift = moment.astimezone(zone).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0


def step_of(day: date, days: int) -> int:
    """The number of the step of `days` days that a day lies in."""
    return (day - FIRST_MONDAY).days // days


def first_day(step: int, days: int) -> date:
    """The first day of a step."""
    return FIRST_MONDAY + timedelta(days=step * days)


def beginning(step: int, days: int, zone: tzinfo) -> datetime:
    """The moment a step begins, in UTC."""
    return datetime.combine(first_day(step, days), time(0), zone).astimezone(UTC)


def shares(spans: Iterable[tuple[date, date, float]], first: int, number: int, days: int) -> Array:
    """For each of `number` steps from `first` on the share of its days that lie in a span, times the span's weight; a
    day in several has the greatest."""
    by_day = np.zeros(number * days)
    start = first_day(first, days)
    for since, until, weight in spans:
        low, high = max((since - start).days, 0), min((until - start).days + 1, len(by_day))
        if low < high:
            by_day[low:high] = np.maximum(by_day[low:high], weight)
    share: Array = by_day.reshape(number, days).mean(axis=1)
    return share
