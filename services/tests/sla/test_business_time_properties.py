"""What holds for every calendar: `elapsed` counts what is open, and `add` is its inverse."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from services.sla.business_time import BusinessHours
from services.tests.sla.strategies import any_calendars, calendars, durations, moments, quick


@quick
@given(any_calendars, moments, moments)
def test_elapsed_equals_counting_the_quarters_on_the_wall(
    hours: BusinessHours, first: datetime, second: datetime
) -> None:
    start, end = sorted([_on_the_quarter(first), _on_the_quarter(second)])
    end = min(end, start + timedelta(days=45))
    place = ZoneInfo(hours.tz)
    if place.key in {"Europe/Berlin", "America/New_York", "Asia/Shanghai", "UTC"}:
        quarters = 0
        at = start
        while at < end:
            quarters += _open_on_the_wall(hours, at.astimezone(place))
            at += timedelta(minutes=15)
        # Shifts that begin or end inside an hour that is skipped or repeated are a matter of definition.
        slack = 4 * _changes(start, end, place)
        assert abs(hours.elapsed(start, end) / 900 - quarters) <= slack


@quick
@given(any_calendars, moments, moments, moments)
def test_elapsed_is_additive(hours: BusinessHours, a: datetime, b: datetime, c: datetime) -> None:
    a, b, c = sorted([a, b, c])
    assert hours.elapsed(a, b) + hours.elapsed(b, c) == pytest.approx(hours.elapsed(a, c), abs=1e-6)


@quick
@given(any_calendars, moments, moments, moments)
def test_elapsed_is_monotone_and_never_exceeds_real_time(
    hours: BusinessHours, a: datetime, b: datetime, c: datetime
) -> None:
    a, b, c = sorted([a, b, c])
    assert 0 <= hours.elapsed(a, b) <= hours.elapsed(a, c) <= (c - a).total_seconds()


@quick
@given(calendars, moments, durations)
def test_add_is_the_inverse_of_elapsed(hours: BusinessHours, start: datetime, seconds: float) -> None:
    due = hours.add(start, seconds)
    assert hours.elapsed(start, due) == pytest.approx(seconds, abs=1e-6)
    if due > start:
        assert hours.elapsed(start, due - timedelta(microseconds=1)) < hours.elapsed(start, due)


@quick
@given(calendars, moments, durations)
def test_subtract_is_the_inverse_of_elapsed(hours: BusinessHours, end: datetime, seconds: float) -> None:
    start = hours.subtract(end, seconds)
    assert hours.elapsed(start, end) == pytest.approx(seconds, abs=1e-6)
    if start < end:  # the last such moment
        assert hours.elapsed(start + timedelta(microseconds=1), end) < hours.elapsed(start, end)


@quick
@given(calendars, moments, durations)
def test_add_and_subtract_enclose_the_same_business_time(hours: BusinessHours, start: datetime, seconds: float) -> None:
    due = hours.add(start, seconds)
    back = hours.subtract(due, seconds)
    # between the two nothing is open
    assert hours.elapsed(min(start, back), max(start, back)) == pytest.approx(0, abs=1e-6)


@quick
@given(calendars, moments, moments, durations)
def test_what_is_due_by_then_is_what_was_asked_before(
    hours: BusinessHours, due: datetime, at: datetime, seconds: float
) -> None:
    """The bound by which escalation steps find their tickets is exact."""
    seconds = round(seconds)
    assert (hours.add(due, seconds) <= at) == (due <= hours.subtract(at, seconds))


@quick
@given(calendars, moments, moments, durations)
def test_later_starts_are_due_later(hours: BusinessHours, a: datetime, b: datetime, seconds: float) -> None:
    a, b = sorted([a, b])
    assert hours.add(a, seconds) <= hours.add(b, seconds)
    assert hours.subtract(a, seconds) <= hours.subtract(b, seconds)


@quick
@given(calendars, moments, durations, durations)
def test_adding_twice_is_adding_the_sum(hours: BusinessHours, start: datetime, a: float, b: float) -> None:
    a, b = round(a), round(b)
    assert hours.add(hours.add(start, a), b) == hours.add(start, a + b)


@quick
@given(any_calendars, moments, moments)
def test_the_open_intervals_are_what_elapsed_counts(hours: BusinessHours, a: datetime, b: datetime) -> None:
    a, b = sorted([a, b])
    spans = list(hours.intervals(a, b))
    assert sum((end - start).total_seconds() for start, end in spans) == pytest.approx(hours.elapsed(a, b))
    assert all(a <= start < end <= b for start, end in spans)
    assert all(one[1] < other[0] for one, other in pairwise(spans))
    assert all(hours.is_open(start) and not hours.is_open(end) for start, end in spans if end < b)


@quick
@given(calendars, moments)
def test_the_next_opening_is_the_first_open_moment(hours: BusinessHours, at: datetime) -> None:
    opening = hours.next_open(at)
    assert hours.is_open(opening)
    assert hours.elapsed(at, opening) == 0
    assert hours.is_open(at) == (opening == at)


@quick
@given(any_calendars, moments, moments)
def test_the_answer_does_not_depend_on_what_was_asked_before(hours: BusinessHours, a: datetime, b: datetime) -> None:
    a, b = sorted([a, b])
    fresh = pickle.loads(pickle.dumps(hours))  # noqa: S301 our own bytes
    hours.elapsed(datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC))
    assert fresh.elapsed(a, b) == hours.elapsed(a, b)


def _on_the_quarter(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def _open_on_the_wall(hours: BusinessHours, local: datetime) -> bool:
    second = local.hour * 3600 + local.minute * 60
    shifts = hours._week[local.weekday()]
    return local.date() not in hours.holidays and any(start <= second < end for start, end in shifts)


def _changes(start: datetime, end: datetime, place: ZoneInfo) -> int:
    days = (end - start).days + 2
    offsets = [(start + timedelta(days=day)).astimezone(place).utcoffset() for day in range(days)]
    return sum(one != other for one, other in pairwise(offsets))
