"""Business time: summer time, split shifts, holidays and impossible calendars, case by case."""

from __future__ import annotations

import math
import pickle
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.sla.business_time import ALWAYS_OPEN, BusinessHours

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
