"""Business time: exact over summer time, split shifts and holidays; `add` is the inverse of `elapsed`."""

from __future__ import annotations

import math
import pickle
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given

from services.sla.business_time import ALWAYS_OPEN, BusinessHours
from services.tests.sla.strategies import any_calendars, calendars, durations, moments, quick

OFFICE = {day: [(time(9), time(17))] for day in range(5)}
SPLIT = {day: [(time(9), time(12, 30)), (time(13, 30), time(18))] for day in range(5)}
ROUND_THE_CLOCK = {day: [(time(0), time(0))] for day in range(7)}
HOUR = 3600.0


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold)  # type: ignore[misc, arg-type]


def test_a_week_of_office_hours_is_forty_hours() -> None:
    hours = BusinessHours(OFFICE, tz="Europe/Berlin")
    assert hours.elapsed(berlin(2024, 6, 3), berlin(2024, 6, 10)) == 40 * HOUR


def test_nights_and_weekends_do_not_count() -> None:
    hours = BusinessHours(OFFICE, tz="Europe/Berlin")
    assert hours.elapsed(berlin(2024, 6, 7, 16, 30), berlin(2024, 6, 10, 9, 15)) == 45 * 60
    assert hours.elapsed(berlin(2024, 6, 8), berlin(2024, 6, 9)) == 0


def test_split_shifts_leave_out_the_break() -> None:
    hours = BusinessHours(SPLIT, tz="Asia/Shanghai")
    shanghai = ZoneInfo("Asia/Shanghai")
    start, end = datetime(2024, 6, 3, 12, tzinfo=shanghai), datetime(2024, 6, 3, 14, tzinfo=shanghai)
    assert hours.elapsed(start, end) == HOUR
    assert not hours.is_open(datetime(2024, 6, 3, 13, tzinfo=shanghai))
    assert hours.add(start, HOUR) == end


def test_holidays_are_closed_on_their_local_date() -> None:
    hours = BusinessHours(OFFICE, [date(2024, 6, 4)], "America/New_York")
    new_york = ZoneInfo("America/New_York")
    start, end = datetime(2024, 6, 3, 16, tzinfo=new_york), datetime(2024, 6, 5, 10, tzinfo=new_york)
    assert hours.elapsed(start, end) == 2 * HOUR


def test_a_shift_may_last_until_midnight_and_go_on_after_it() -> None:
    hours = BusinessHours.from_json({"0": [["22:00", "24:00"]], "1": [["00:00", "06:00"]]}, (), "Europe/Berlin")
    assert hours.elapsed(berlin(2024, 6, 3), berlin(2024, 6, 5)) == 8 * HOUR
    assert len(list(hours.intervals(berlin(2024, 6, 3), berlin(2024, 6, 5)))) == 1
    assert hours.is_open(berlin(2024, 6, 4))


@pytest.mark.parametrize(
    ("tz", "day", "length"),
    [
        ("Europe/Berlin", date(2024, 3, 31), 23),
        ("Europe/Berlin", date(2024, 10, 27), 25),
        ("America/New_York", date(2024, 3, 10), 23),
        ("America/New_York", date(2024, 11, 3), 25),
        ("Asia/Shanghai", date(2024, 3, 31), 24),
        ("Australia/Lord_Howe", date(2024, 10, 6), 23.5),
        ("America/Sao_Paulo", date(2017, 10, 15), 23),
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_a_day_has_the_hours_that_its_clocks_show(tz: str, day: date, length: float) -> None:
    others = set(range(-3, 4)) - {0}
    holidays = [day + timedelta(days=other) for other in others]
    hours = BusinessHours(ROUND_THE_CLOCK, holidays, tz)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert hours.elapsed(noon - timedelta(days=2), noon + timedelta(days=2)) == length * HOUR


@pytest.mark.parametrize(
    ("shift", "spring", "autumn"),
    [
        ((time(1), time(4)), 2, 4),
        ((time(2, 30), time(4)), 1, 2.5),  # its start is skipped in spring, and occurs twice in autumn
        ((time(1), time(2, 30)), 1, 1.5),
        ((time(2), time(3)), 0, 2),
        ((time(9), time(17)), 8, 8),
    ],
)
def test_shifts_over_the_change_of_clocks_are_measured_in_real_time(
    shift: tuple[time, time], spring: float, autumn: float
) -> None:
    hours = BusinessHours({6: [shift]}, tz="Europe/Berlin")
    assert hours.elapsed(berlin(2024, 3, 31), berlin(2024, 4, 1)) == spring * HOUR
    assert hours.elapsed(berlin(2024, 10, 27), berlin(2024, 10, 28)) == autumn * HOUR


def test_a_shift_that_is_skipped_altogether_is_no_opening() -> None:
    hours = BusinessHours({6: [(time(2), time(3))]}, tz="Europe/Berlin")
    assert hours.next_open(berlin(2024, 3, 25)) == berlin(2024, 4, 7, 2)
    assert list(hours.intervals(berlin(2024, 3, 31), berlin(2024, 4, 1))) == []


def test_moments_of_the_repeated_hour_are_told_apart() -> None:
    hours = BusinessHours(ROUND_THE_CLOCK, tz="Europe/Berlin")
    assert hours.elapsed(berlin(2024, 10, 27, 2, 30), berlin(2024, 10, 27, 2, 30, fold=1)) == HOUR


def test_intervals_may_be_told_to_the_second() -> None:
    hours = BusinessHours({0: [(time(9, 30, 15), time(10, 0, 5))]})
    assert hours.elapsed(datetime(2024, 6, 3, tzinfo=UTC), datetime(2024, 6, 4, tzinfo=UTC)) == 29 * 60 + 50


@pytest.mark.parametrize(
    ("tz", "start"),
    [
        ("Pacific/Kiritimati", datetime(2023, 12, 31, 10, tzinfo=UTC)),
        ("Pacific/Honolulu", datetime(2024, 1, 1, 10, tzinfo=UTC)),
    ],
)
def test_the_local_year_need_not_be_the_year_in_utc(tz: str, start: datetime) -> None:
    week = {day: [(time(0), time(2)), (time(22), time(0))] for day in range(7)}
    for asked_before in (None, datetime(2023, 6, 1, tzinfo=UTC), datetime(2024, 6, 1, tzinfo=UTC)):
        hours = BusinessHours(week, tz=tz)
        if asked_before:
            assert not hours.is_open(asked_before.replace(tzinfo=ZoneInfo(tz)) + timedelta(hours=12))
        assert hours.elapsed(start - timedelta(hours=2), start + timedelta(hours=2)) == 4 * HOUR
        assert hours.add(start, 2 * HOUR) == start + timedelta(hours=2)


def test_always_open_time_is_real_time() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    assert ALWAYS_OPEN.elapsed(start, start + timedelta(days=1500, seconds=1)) == 1500 * 86_400 + 1
    assert ALWAYS_OPEN.add(start, 1e8) == start + timedelta(seconds=1e8)


def test_the_due_time_is_the_first_moment_at_which_the_time_is_used_up() -> None:
    hours = BusinessHours(OFFICE, tz="Europe/Berlin")
    assert hours.add(berlin(2024, 6, 3, 9), 8 * HOUR) == berlin(2024, 6, 3, 17)
    assert hours.add(berlin(2024, 6, 3, 9), 8 * HOUR + 1) == berlin(2024, 6, 4, 9, 0, 1)
    assert hours.add(berlin(2024, 6, 8), 0) == berlin(2024, 6, 8)
    assert hours.add(berlin(2024, 6, 8), 60) == berlin(2024, 6, 10, 9, 1)


def test_the_next_opening_is_now_when_open() -> None:
    hours = BusinessHours(OFFICE, tz="Europe/Berlin")
    assert hours.next_open(berlin(2024, 6, 3, 10)) == berlin(2024, 6, 3, 10)
    assert hours.next_open(berlin(2024, 6, 7, 17)) == berlin(2024, 6, 10, 9)


def test_a_calendar_that_never_opens_counts_nothing_and_has_no_due_time() -> None:
    hours = BusinessHours({})
    start = datetime(2024, 1, 1, tzinfo=UTC)
    assert hours.elapsed(start, start + timedelta(days=400)) == 0
    assert hours.add(start, 0) == start
    assert not hours.is_open(start)
    with pytest.raises(ValueError, match="no opening hours"):
        hours.add(start, 1)
    with pytest.raises(ValueError, match="no opening hours"):
        hours.next_open(start)


def test_more_time_than_there_is_has_no_due_time() -> None:
    with pytest.raises(ValueError, match="not so many opening hours"):
        BusinessHours({0: [(time(9), time(9, 1))]}).add(datetime(2024, 1, 1, tzinfo=UTC), 1e9)


def test_impossible_questions_are_refused() -> None:
    start = datetime(2024, 1, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="before the start"):
        ALWAYS_OPEN.elapsed(start, start - timedelta(seconds=1))
    with pytest.raises(ValueError, match="before the start"):
        list(ALWAYS_OPEN.intervals(start, start - timedelta(seconds=1)))
    with pytest.raises(ValueError, match="must have a time zone"):
        ALWAYS_OPEN.elapsed(start.replace(tzinfo=None), start)
    with pytest.raises(ValueError, match="not between 1900 and 2200"):
        ALWAYS_OPEN.elapsed(datetime(1900, 12, 31, tzinfo=UTC), start)
    with pytest.raises(ValueError, match="not between 1900 and 2200"):
        ALWAYS_OPEN.elapsed(start, datetime(2200, 1, 1, tzinfo=UTC))
    for seconds in (-1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="cannot add"):
            ALWAYS_OPEN.add(start, seconds)


@pytest.mark.parametrize(
    ("hours", "tz", "problem"),
    [
        ({"0": [["09:00", "08:00"]]}, "UTC", "weekday 0: an interval ends before it starts"),
        ({"0": [["09:00", "09:00"]]}, "UTC", "weekday 0: an interval ends before it starts"),
        ({"0": [["09:00", "12:00"], ["11:00", "13:00"]]}, "UTC", "weekday 0: two intervals overlap"),
        ({"7": []}, "UTC", "weekday 7"),
        ({"monday": []}, "UTC", "cannot be read"),
        ({"0": [["9", "x"]]}, "UTC", "cannot be read"),
        ({"0": [["09:00"]]}, "UTC", "cannot be read"),
        ([], "UTC", "cannot be read"),
        ({}, "Mars/Olympus", "'Mars/Olympus' is not a time zone"),
        ({}, "../etc/passwd", "is not a time zone"),
    ],
)
def test_an_impossible_calendar_is_refused(hours: dict[str, list[list[str]]], tz: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        BusinessHours.from_json(hours, (), tz)


def test_calendars_are_equal_by_content_and_travel_between_processes() -> None:
    hours = BusinessHours(SPLIT, [date(2024, 5, 1)], "Europe/Berlin")
    shifts = [["09:00", "12:30"], ["13:30", "18:00"]]
    same = BusinessHours.from_json({str(day): shifts for day in range(5)}, {date(2024, 5, 1)}, "Europe/Berlin")
    assert hours == same
    assert hash(hours) == hash(same)
    assert pickle.loads(pickle.dumps(hours)) == hours  # noqa: S301 our own bytes
    assert hours != BusinessHours(SPLIT, tz="Europe/Berlin")
    assert hours != "hours"
    assert "Europe/Berlin" in repr(hours)


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
@example(BusinessHours(OFFICE, tz="Pacific/Apia"), datetime(2024, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC))
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
