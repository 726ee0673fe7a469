from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.demand.calendar import beginning, first_day, offsets, shares, step_of
from analytics.tests.demand.panels import quick

ZONES = ("UTC", "Europe/London", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "America/Sao_Paulo")
START, END = datetime(2016, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC)


@quick
@given(st.sampled_from(ZONES), st.datetimes(datetime(2016, 1, 1), datetime(2018, 12, 31)))
def test_offsets_are_those_of_the_zone_at_every_moment(name: str, at: datetime) -> None:
    zone, moment = ZoneInfo(name), at.replace(tzinfo=UTC)
    found = next(o.seconds for o in offsets(zone, START, END) if o.until is None or moment < o.until)
    shift = moment.astimezone(zone).utcoffset()
    assert shift is not None
    assert found == shift.total_seconds()


@quick
@given(st.dates(date(1970, 1, 1), date(2100, 1, 1)), st.sampled_from([1, 7]))
def test_a_day_lies_in_its_step(day: date, days: int) -> None:
    first = first_day(step_of(day, days), days)
    assert timedelta(0) <= day - first < timedelta(days=days)
    assert days == 1 or first.weekday() == 0


def test_a_week_begins_at_local_midnight() -> None:
    week = step_of(date(2026, 6, 3), 7)
    assert beginning(week, 7, ZoneInfo("America/New_York")) == datetime(2026, 6, 1, 4, tzinfo=UTC)


def test_days_in_two_spans_count_once() -> None:
    spans = [(date(2026, 6, 1), date(2026, 6, 2), 1.0), (date(2026, 6, 2), date(2026, 6, 9), 1.0)]
    found = shares(spans, step_of(date(2026, 6, 1), 7), 3, 7)
    assert found.tolist() == pytest.approx([1, 2 / 7, 0])
