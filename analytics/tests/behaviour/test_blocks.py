"""Counting by blocks equals plain SQL wherever the blocks are cut: within a person, between two, within a tie."""

from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.behaviour.blocks import NO_SESSION, Block, Tally, block_of, whole_people
from analytics.behaviour.calendar import steps_between
from analytics.behaviour.events import HOUR, by_person
from analytics.behaviour.funnel import Funnel
from analytics.behaviour.matching import Condition, Selector
from analytics.behaviour.paths import Paths
from analytics.behaviour.retention import Retention
from analytics.behaviour.sessions import SessionReport
from analytics.behaviour.trend import Trend, Values
from analytics.tests.behaviour.logs import logs, periods, rows_of
from analytics.tests.behaviour.oracle import Happened, Oracle, moment_of
from analytics.tests.behaviour.test_reports import NEVER_ENDING, names, step_of, units, zones


def cut(log: list[Happened], size: int) -> Iterator[Block]:
    """The log as blocks, read so many rows at a time."""
    rows = rows_of(log)
    return whole_people(block_of(rows[begin : begin + size]) for begin in range(0, len(rows), size))


def counted(make: Callable[[], Any], log: list[Happened]) -> Iterator[Any]:
    """The report, counted from pieces of each size."""
    for size in range(1, len(log) + 2):
        report = make()
        for block in cut(log, size):
            report.count(block)
        yield report


def behind(report: Tally, log: list[Happened], cell: str) -> list[int]:
    """Whom a number counts: the same from pieces of each size, and where people are asked about one at a time."""
    is_counted, find = report.who(cell), report.behind(cell)
    expected = [person for person, events in by_person(rows_of(log)) if is_counted(events)]
    for size in range(1, len(log) + 2):
        assert [person for block in cut(log, size) for person in find(block).tolist()] == expected
    return expected


@given(log=logs(most=30))
@settings(deadline=None, max_examples=30)
def test_a_person_is_never_cut_and_no_event_is_lost(log: list[Happened]) -> None:
    expected = [
        (person, seen.at, seen.name, NO_SESSION if seen.session is None else seen.session, seen.properties)
        for person, seen in rows_of(log)
    ]
    for size in range(1, len(log) + 2):
        blocks = [*cut(log, size)]
        found = [
            (*columns, block.kinds[kind])
            for block in blocks
            for *columns, kind in zip(
                *(one.tolist() for one in (block.person, block.at, block.name, block.session, block.kind)), strict=True
            )
        ]
        assert found == expected
        people = [person for block in blocks for person in {*block.person.tolist()}]
        assert len(people) == len({*people})
        # Blocks are as small as the pieces allow: nobody waits for the whole table.
        most = max((sum(person == one for person, _seen in rows_of(log)) for one in people), default=0)
        assert all(len(block) < size + most for block in blocks)


@given(data=st.data(), log=logs(most=25), zone=zones, unit=units, name=names)
@settings(deadline=None, max_examples=20)
def test_a_trend_equals_sql(data: st.DataObject, log: list[Happened], zone: ZoneInfo, unit: str, name: int) -> None:
    steps, oracle = data.draw(periods(log, zone, unit)), Oracle(log, zone)
    expected = oracle.trend(name, unit, steps.start, steps.end)
    on_plan = [Selector(name, (Condition("plan", "is", "a"),))]
    tops = {tuple(one.top()) for one in counted(lambda: Values([Selector(name)], steps=steps, by="plan"), log)}
    assert len(tops) == 1
    (values,) = tops
    for trend in counted(lambda: Trend([Selector(name)], steps=steps, by="plan", values=values), log):
        assert {
            (step_of(steps, step, unit), one.value): (one.events[step], one.people[step])
            for one in trend.result()
            for step in range(len(steps))
            if one.events[step]
        } == expected
    for trend in counted(lambda: Trend([Selector(name)], steps=steps), log):
        (whole,) = trend.result()
        assert whole.all_people == oracle.people(name, steps.start, steps.end)
        assert whole.all_events == sum(events for events, _people in expected.values())
    for trend in counted(lambda: Trend(on_plan, steps=steps), log):
        (one,) = trend.result()
        assert {
            step_of(steps, step, unit): (one.events[step], one.people[step])
            for step in range(len(steps))
            if one.events[step]
        } == {step: figures for (step, plan), figures in expected.items() if plan == "a"}
    assert len(behind(trend, log, "0:all:null")) == one.all_people
    assert behind(trend, log, "") == behind(trend, log, "0:all:null")


@given(data=st.data(), log=logs(most=25), zone=zones, steps=st.lists(names, min_size=2, max_size=4))
@settings(deadline=None, max_examples=20)
def test_a_funnel_equals_sql(data: st.DataObject, log: list[Happened], zone: ZoneInfo, steps: list[int]) -> None:
    period, window = data.draw(periods(log, zone)), data.draw(st.integers(1, 4 * 24 * 3)) * HOUR // 4
    expected = Oracle(log, zone).reached(steps, window, period.start, period.end)
    selectors = [Selector(name) for name in steps]
    found = [*counted(lambda: Funnel(selectors, window=window, start=period.start, end=period.end), log)]
    for funnel in found:
        assert [step.people for step in funnel.result()] == expected
        assert funnel.result() == found[0].result()
    for number, people in enumerate(expected):
        assert len(behind(funnel, log, f"reached:{number}")) == people
        behind(funnel, log, f"dropped:{number}")


@given(data=st.data(), log=logs(most=25), zone=zones, unit=units, first=names, back=names)
@settings(deadline=None, max_examples=20)
def test_retention_equals_sql(
    data: st.DataObject, log: list[Happened], zone: ZoneInfo, unit: str, first: int, back: int
) -> None:
    period = data.draw(periods(log, zone, unit))
    last = moment_of(period.end - 1).astimezone(zone).date()
    ends: dict[str, Any] = {
        "steps": steps_between(period.days[0], last, unit, zone, further=2),
        "cohorts": len(period),
        "columns": 2,
        "end": period.end,
        "now": NEVER_ENDING,
    }
    people, _came = Oracle(log, zone).retention(first, back, unit, period.start, period.end)
    found = [*counted(lambda: Retention(Selector(first), Selector(back), **ends), log)]
    for report in found:
        assert {step_of(period, one.step, unit): one.people for one in report.result() if one.people} == people
        assert report.result() == found[0].result()
    behind(report, log, "")
    for one in report.result():
        for column, number in enumerate(one.back):
            assert len(behind(report, log, f"{one.step}:{column}")) == number


@given(data=st.data(), log=logs(most=25), zone=zones, anchor=names, is_back=st.booleans(), skips=st.booleans())
@settings(deadline=None, max_examples=20)
def test_paths_equal_sql(
    data: st.DataObject, log: list[Happened], zone: ZoneInfo, anchor: int, is_back: bool, skips: bool
) -> None:
    period, window = data.draw(periods(log, zone)), data.draw(st.integers(1, 200)) * HOUR // 4
    ends: dict[str, Any] = {"start": period.start, "end": period.end, "window": window, "depth": 3, "top": 3}
    expected = Oracle(log, zone).paths(anchor, window, period.start, period.end, back=is_back, skips=skips)
    found = [*counted(lambda: Paths(Selector(anchor), is_backwards=is_back, skips_repeats=skips, **ends), log)]
    for report in found:
        assert {
            (number, place.name): place.people for number, step in enumerate(report.result()) for place in step.places
        } == {key: people for key, people in expected.items() if key[0] < 3}
        assert report.result() == found[0].result()
    for step in report.result():
        assert len(behind(report, log, step.ended_cell)) == step.ended
        for link in step.links:
            assert len(behind(report, log, link.cell)) == link.people


@given(data=st.data(), log=logs(most=25), zone=zones, unit=units)
@settings(deadline=None, max_examples=20)
def test_sessions_equal_sql(data: st.DataObject, log: list[Happened], zone: ZoneInfo, unit: str) -> None:
    steps = data.draw(periods(log, zone, unit))
    expected = Oracle(log, zone).sessions(unit, steps.start, steps.end)
    found = [*counted(lambda: SessionReport(steps=steps), log)]
    for report in found:
        whole, each = report.result()
        assert whole.sessions == len(expected) and whole.people == len({row[1] for row in expected})
        assert [one.sessions for one in each] == [
            sum(row[0] == step_of(steps, number, unit) for row in expected) for number in range(len(each))
        ]
        assert [one.events for one in each] == [
            sum(row[2] for row in expected if row[0] == step_of(steps, number, unit)) for number in range(len(each))
        ]
        assert report.result() == found[0].result()
    for number, one in enumerate(each):
        assert len(behind(report, log, f"people:{number}")) == one.people
        behind(report, log, f"bounced:{number}")
