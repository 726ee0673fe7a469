"""Generated logs: few people and names, times that collide, days on which clocks change."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from analytics.behaviour.calendar import Steps, steps_between
from analytics.behaviour.events import SECOND, Row, Seen
from analytics.tests.behaviour.oracle import Happened

# In each a day of 23 and one of 25 hours lie within the time below; Havana's have no midnight, and two.
ZONES = ["Europe/London", "America/Havana", "Asia/Shanghai", "Pacific/Apia", "America/Sao_Paulo"]
# Round the changes of clocks of 2011, when Apia also left out a day.
DAYS = [
    date(2011, 3, 12),
    date(2011, 3, 26),
    date(2011, 10, 15),
    date(2011, 10, 29),
    date(2011, 11, 12),
    date(2011, 12, 29),
]
MINUTE = 60 * SECOND


def _at(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * SECOND


@st.composite
def logs(draw: st.DrawFn, most: int = 40) -> list[Happened]:
    """Events around one day, on a grid of minutes that makes ties and exact windows likely."""
    start = _at(draw(st.sampled_from(DAYS)))
    times = st.integers(0, 4 * 24 * 4).map(lambda quarter: start + quarter * 15 * MINUTE)
    events = st.tuples(
        st.integers(1, 4),
        times,
        st.integers(1, 3),
        st.one_of(st.none(), st.integers(1, 2)),
        st.sampled_from(["", "a", "b"]),
    )
    rows = draw(st.lists(events, max_size=most))
    # A session belongs to one person.
    return [
        Happened(person, at, key, name, None if session is None else 10 * person + session, plan)
        for key, (person, at, name, session, plan) in enumerate(rows)
    ]


@st.composite
def periods(draw: st.DrawFn, log: list[Happened], zone: ZoneInfo, unit: str = "month", further: int = 0) -> Steps:
    """Two to six days that begin within the log, in steps."""
    moment = min((one.at for one in log), default=_at(DAYS[0]))
    first = datetime.fromtimestamp(moment / SECOND, zone).date()
    first = date.fromordinal(first.toordinal() + draw(st.integers(-1, 1)))
    last = date.fromordinal(first.toordinal() + draw(st.integers(0, 5)))
    return steps_between(first, last, unit, zone, further=further)


def rows_of(log: Iterable[Happened]) -> list[Row]:
    """The log as a report reads it."""
    ordered = sorted(log, key=lambda one: (one.person, one.at, one.key))
    return [
        (one.person, Seen(one.at, one.name, one.session, {"plan": one.plan} if one.plan else {})) for one in ordered
    ]
