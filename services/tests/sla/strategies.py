"""Generated calendars and moments for the property tests of the clocks."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import settings
from hypothesis import strategies as st

from services.sla.business_time import BusinessHours

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "40"))
# The suite runs the same examples every time; with HYPOTHESIS_EXAMPLES=5000 it looks for new ones.
quick = settings(deadline=None, max_examples=EXAMPLES, derandomize="HYPOTHESIS_EXAMPLES" not in os.environ)

# The zones of the brief, then half an hour of summer time, a change at midnight, and a day that never was.
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Shanghai",
    "UTC",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Apia",
]
FIRST_DAY = date(2023, 1, 1)
START = datetime(2023, 1, 1, tzinfo=UTC)
DAYS = 600  # two springs and one autumn

moments = st.one_of(
    st.integers(0, DAYS * 86_400).map(lambda second: START + timedelta(seconds=second)),
    st.integers(0, DAYS * 24).map(lambda hour: START + timedelta(hours=hour)),
)
durations = st.one_of(st.integers(0, 40 * 86_400), st.floats(0, 86_400)).map(float)


@st.composite
def _shifts(draw: st.DrawFn) -> list[tuple[time, time]]:
    """Up to three intervals of a day on full quarter hours, the last perhaps until midnight."""
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=6)))
    return [(_quarter(a), _quarter(b)) for a, b in zip(edges[::2], edges[1::2], strict=False)]


def _quarter(number: int) -> time:
    return time(number % 96 // 4, number % 4 * 15)


holidays = st.sets(st.integers(0, DAYS).map(lambda day: FIRST_DAY + timedelta(days=day)), max_size=20)
weeks = st.dictionaries(st.integers(0, 6), _shifts(), max_size=7)
any_calendars = st.builds(BusinessHours, weeks, holidays, st.sampled_from(ZONES))
calendars = any_calendars.filter(lambda hours: any(hours.intervals(START, START + timedelta(days=14))))
