"""Every report equals plain SQL, on generated logs with ties of time, repeated steps and changes of clocks; and behind
every number stand exactly so many people."""

from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.behaviour.calendar import Steps, steps_between
from analytics.behaviour.events import HOUR, SECOND, NoSuchCell, by_person
from analytics.behaviour.funnel import Funnel
from analytics.behaviour.matching import Selector
from analytics.behaviour.paths import OTHER, Paths
from analytics.behaviour.retention import Retention
from analytics.behaviour.sessions import SessionReport
from analytics.behaviour.trend import Trend, Values
from analytics.tests.behaviour.logs import ZONES, logs, periods, rows_of
from analytics.tests.behaviour.oracle import UNITS, Happened, Oracle, moment_of

NEVER_ENDING = 2**62
zones = st.sampled_from(ZONES).map(ZoneInfo)
units = st.sampled_from(list(UNITS))
names = st.integers(1, 3)


def counted(report: Any, log: list[Happened]) -> Any:
    for _person, events in by_person(rows_of(log)):
        report.add(events)
    return report


def behind(report: Any, log: list[Happened], cell: str) -> int:
    is_counted = report.who(cell)
    return sum(is_counted(events) for _person, events in by_person(rows_of(log)))


def step_of(steps: Steps, number: int, unit: str) -> int:
    """The number that the oracle gives a step of the calendar."""
    day = steps.days[number]
    return {"day": day.toordinal(), "week": (day.toordinal() - 1) // 7, "month": day.year * 12 + day.month}[unit]


@given(data=st.data(), log=logs(), zone=zones, unit=units, name=names)
@settings(deadline=None, max_examples=50)
def test_a_trend_equals_sql(data: st.DataObject, log: list[Happened], zone: ZoneInfo, unit: str, name: int) -> None:
    steps = data.draw(periods(log, zone, unit))
    selectors = [Selector(name)]
    values = counted(Values(selectors, steps=steps, by="plan"), log).top()
    trend = counted(Trend(selectors, steps=steps, by="plan", values=values), log)
    oracle = Oracle(log, zone)
    expected = oracle.trend(name, unit, steps.start, steps.end)
    result = trend.result()
    found = {
        (step_of(steps, step, unit), one.value): (one.events[step], one.people[step])
        for one in result
        for step in range(len(steps))
        if one.events[step]
    }
    assert found == expected
    for one in result:
        assert one.all_people == behind(trend, log, trend.cell(one, None))
        assert one.all_events == sum(one.events)
        for step in range(len(steps)):
            assert one.people[step] == behind(trend, log, trend.cell(one, step))
    (whole,) = counted(Trend(selectors, steps=steps), log).result()
    assert whole.all_people == oracle.people(name, steps.start, steps.end)


@given(data=st.data(), log=logs(), zone=zones)
def test_values_beyond_the_most_frequent_are_counted_together(
    data: st.DataObject, log: list[Happened], zone: ZoneInfo
) -> None:
    steps = data.draw(periods(log, zone, "day"))
    trend = counted(Trend([Selector(None)], steps=steps, by="plan", values=["a"]), log)
    for one in trend.result():
        inside = [e for e in log if steps.start <= e.at < steps.end and ((e.plan == "a") == (one.value == "a"))]
        assert (one.all_events, one.all_people) == (len(inside), len({e.person for e in inside}))
        assert one.all_people == behind(trend, log, trend.cell(one, None))


@given(
    data=st.data(),
    log=logs(),
    zone=zones,
    steps=st.lists(names, min_size=2, max_size=4),
    quarters=st.integers(1, 4 * 24 * 3),
)
@settings(deadline=None, max_examples=50)
def test_a_funnel_equals_sql(
    data: st.DataObject, log: list[Happened], zone: ZoneInfo, steps: list[int], quarters: int
) -> None:
    period, window = data.draw(periods(log, zone)), quarters * HOUR // 4
    funnel = counted(Funnel([Selector(n) for n in steps], window=window, start=period.start, end=period.end), log)
    result, oracle = funnel.result(), Oracle(log, zone)
    assert [step.people for step in result] == oracle.reached(steps, window, period.start, period.end)
    attempts = oracle.attempts(steps, window, period.start, period.end)
    for number, step in enumerate(result):
        reached = [row for row in attempts if row[1 + 2 * number] is not None]
        assert step.people == len(reached) == behind(funnel, log, f"reached:{number}")
        assert step.dropped == behind(funnel, log, f"dropped:{number}")
        if number:
            waits = [(row[2 + 2 * number] - row[2 * number]) / SECOND for row in reached]
            assert step.median_seconds == (pytest.approx(median(waits)) if waits else None)
            assert result[number - 1].dropped == result[number - 1].people - step.people
    assert result[-1].dropped == 0


@given(data=st.data(), log=logs(), zone=zones, unit=units, first=names, back=names, columns=st.integers(0, 4))
@settings(deadline=None, max_examples=50)
def test_retention_equals_sql(
    data: st.DataObject, log: list[Happened], zone: ZoneInfo, unit: str, first: int, back: int, columns: int
) -> None:
    period = data.draw(periods(log, zone, unit))
    last = moment_of(period.end - 1).astimezone(zone).date()
    steps = steps_between(period.days[0], last, unit, zone, further=columns)
    report = Retention(
        Selector(first),
        Selector(back),
        steps=steps,
        cohorts=len(period),
        columns=columns,
        end=period.end,
        now=NEVER_ENDING,
    )
    cohorts = counted(report, log).result()
    people, came = Oracle(log, zone).retention(first, back, unit, period.start, period.end)
    found = {step_of(period, one.step, unit): one for one in cohorts if one.people}
    assert {step: one.people for step, one in found.items()} == people
    for step, one in found.items():
        # Apia's day that was left out is a column in which nobody can be.
        columns_of = [step_of(steps, one.step + column, unit) - step for column in range(columns + 1)]
        assert one.back == [came.get((step, column), 0) for column in columns_of]
    for one in cohorts:
        assert one.people == behind(report, log, f"{one.step}:began")
        for column, number in enumerate(one.back):
            assert number == behind(report, log, f"{one.step}:{column}")


@given(
    data=st.data(),
    log=logs(),
    zone=zones,
    anchor=names,
    quarters=st.integers(1, 200),
    is_back=st.booleans(),
    skips=st.booleans(),
)
@settings(deadline=None, max_examples=50)
def test_paths_equal_sql(
    data: st.DataObject, log: list[Happened], zone: ZoneInfo, anchor: int, quarters: int, is_back: bool, skips: bool
) -> None:
    period, window, depth = data.draw(periods(log, zone)), quarters * HOUR // 4, 4
    report = Paths(
        Selector(anchor),
        start=period.start,
        end=period.end,
        window=window,
        depth=depth,
        top=3,
        is_backwards=is_back,
        skips_repeats=skips,
    )
    steps = counted(report, log).result()
    expected = Oracle(log, zone).paths(anchor, window, period.start, period.end, back=is_back, skips=skips)
    assert {(number, place.name): place.people for number, step in enumerate(steps) for place in step.places} == {
        key: people for key, people in expected.items() if key[0] < depth
    }
    assert report.began == behind(report, log, "began")
    came = report.began
    for step in steps:
        assert step.ended == behind(report, log, step.ended_cell)
        assert came == step.ended + sum(place.people for place in step.places)
        came = sum(place.people for place in step.places)
        assert sum(link.people for link in step.links) == came
        for place in step.places:
            assert place.people == behind(report, log, place.cell)
        for link in step.links:
            assert link.people == behind(report, log, link.cell)


@given(data=st.data(), log=logs(), zone=zones, anchor=names)
def test_of_a_path_the_most_frequent_stay_and_the_others_are_one(
    data: st.DataObject, log: list[Happened], zone: ZoneInfo, anchor: int
) -> None:
    period = data.draw(periods(log, zone))
    ends: dict[str, Any] = {"start": period.start, "end": period.end, "window": 100 * HOUR, "depth": 3}
    whole = counted(Paths(Selector(anchor), top=3, **ends), log).result()
    one_each = counted(Paths(Selector(anchor), top=1, **ends), log)
    short = one_each.result()
    for all_of, few in zip(whole, short, strict=True):
        assert [p.people for p in all_of.places[:1]] == [p.people for p in few.places[:1]]
        rest = sum(p.people for p in all_of.places[1:])
        assert [p.people for p in few.places[1:]] == ([rest] if rest else [])
        assert all(p.name == OTHER for p in few.places[1:])
        assert sum(link.people for link in few.links) == sum(link.people for link in all_of.links)
        for number in (*few.places, *few.links):
            assert number.people == behind(one_each, log, number.cell)


@given(data=st.data(), log=logs(), zone=zones, unit=units)
@settings(deadline=None, max_examples=50)
def test_sessions_equal_sql(data: st.DataObject, log: list[Happened], zone: ZoneInfo, unit: str) -> None:
    steps = data.draw(periods(log, zone, unit))
    report = counted(SessionReport(steps=steps), log)
    whole, each = report.result()
    expected = Oracle(log, zone).sessions(unit, steps.start, steps.end)
    assert whole.sessions == len(expected)
    assert whole.people == len({person for _step, person, _events, _seconds in expected})
    for number, one in enumerate(each):
        mine = [row for row in expected if row[0] == step_of(steps, number, unit)]
        assert one.sessions == len(mine)
        assert one.events == sum(row[2] for row in mine)
        assert one.bounced == sum(row[2] == 1 for row in mine)
        assert one.people == len({row[1] for row in mine}) == behind(report, log, f"people:{number}")
        assert len({row[1] for row in mine if row[2] == 1}) == behind(report, log, f"bounced:{number}")
        lengths = [row[3] for row in mine]
        assert one.mean_seconds == (pytest.approx(mean(lengths)) if lengths else None)
        assert one.median_seconds == (pytest.approx(median(lengths)) if lengths else None)
    assert whole.people == behind(report, log, "people:all")
    assert whole.events == sum(row[2] for row in expected)


@pytest.mark.parametrize(
    "cell",
    ["1", "1:x", "1:!", "1:!x", "1:!3,4,5,6", "1:3,4", "1:0", "1:0:7", "0:3:7", "1:!0:7", "0:!3:7", "5:7", "1:7:"],
)
def test_a_cell_that_a_path_does_not_have_is_refused(cell: str) -> None:
    paths = Paths(Selector(1), start=0, end=HOUR, window=HOUR, depth=3, top=3)
    with pytest.raises(NoSuchCell):
        paths.who(cell)


@pytest.mark.parametrize("cell", ["x", "reached", "reached:", "reached:2", "reached:-1", "reached:1:1", "9" * 40])
def test_a_cell_that_a_funnel_does_not_have_is_refused(cell: str) -> None:
    funnel = Funnel([Selector(1), Selector(2)], window=HOUR, start=0, end=HOUR)
    with pytest.raises(NoSuchCell):
        funnel.who(cell)
