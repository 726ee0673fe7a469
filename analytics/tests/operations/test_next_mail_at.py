"""When a scheduled report is due: by the clock on the wall of its zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.models import ScheduledReport
from analytics.operations.next_mail_at import next_mail_at

ZONES = ("UTC", "Asia/Shanghai", "Europe/London", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("when", "after", "due"),
    [
        ({"every": "day", "hour": 7}, "2026-06-03T06:59", "2026-06-03T07:00"),
        ({"every": "day", "hour": 7}, "2026-06-03T07:00", "2026-06-04T07:00"),
        ({"every": "week", "weekday": 0, "hour": 7}, "2026-06-03T10:00", "2026-06-08T07:00"),
        ({"every": "month", "month_day": 31, "hour": 7}, "2026-02-03T10:00", "2026-02-28T07:00"),
        ({"every": "month", "month_day": 31, "hour": 7}, "2028-02-03T10:00", "2028-02-29T07:00"),
        ({"every": "month", "month_day": 1, "hour": 0}, "2026-12-31T23:59", "2027-01-01T00:00"),
        # Shanghai is eight hours ahead, the whole year.
        ({"every": "day", "hour": 7, "time_zone": "Asia/Shanghai"}, "2026-06-03T06:00", "2026-06-03T23:00"),
        # In London seven o'clock is an hour earlier in summer.
        ({"every": "day", "hour": 7, "time_zone": "Europe/London"}, "2026-03-28T12:00", "2026-03-29T06:00"),
        ({"every": "day", "hour": 7, "time_zone": "Europe/London"}, "2026-03-27T12:00", "2026-03-28T07:00"),
        # At one o'clock of 29 March clocks are put forward there: it is an hour that the day does not have.
        ({"every": "day", "hour": 1, "time_zone": "Europe/London"}, "2026-03-28T12:00", "2026-03-29T01:00"),
        # On 25 October it has one o'clock twice: the first is meant.
        ({"every": "day", "hour": 1, "time_zone": "Europe/London"}, "2026-10-24T12:00", "2026-10-25T00:00"),
        ({"every": "day", "hour": 1, "time_zone": "Europe/London"}, "2026-10-25T00:00", "2026-10-26T01:00"),
    ],
)
def test_it_is_due_at_its_hour(when: dict[str, object], after: str, due: str) -> None:
    assert next_mail_at(schedule=ScheduledReport(**when), after=at(after)) == at(due)


@settings(deadline=None)
@given(
    st.sampled_from(("day", "week", "month")),
    st.integers(0, 6),
    st.integers(1, 31),
    st.integers(0, 23),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)),
)
def test_it_is_always_later_and_not_too_late(
    every: str, weekday: int, month_day: int, hour: int, zone: str, after: datetime
) -> None:
    row = ScheduledReport(every=every, weekday=weekday, month_day=month_day, hour=hour, time_zone=zone)
    moment = after.replace(tzinfo=UTC)
    due = next_mail_at(schedule=row, after=moment)
    assert timedelta(0) < due - moment <= timedelta(days={"day": 2, "week": 8, "month": 33}[every], hours=3)
    local = due.astimezone(ZoneInfo(zone))
    assert every != "week" or local.weekday() == weekday
    # The hour that was asked for, or, where the day leaves that out, a later one.
    assert local.hour == hour or local.replace(hour=hour, minute=0).astimezone(UTC).astimezone(ZoneInfo(zone)) == local
