"""How a question about behaviour is counted: with which report, over which events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.behaviour.calendar import Steps, steps_between
from analytics.behaviour.definition import Definition
from analytics.behaviour.events import SECOND
from analytics.behaviour.funnel import Funnel
from analytics.behaviour.matching import Selector
from analytics.behaviour.paths import Paths
from analytics.behaviour.retention import Retention
from analytics.behaviour.sessions import SessionReport
from analytics.behaviour.trend import Trend, Values
from analytics.choices import Granularity, ReportKind
from analytics.sql.event_stream import Reading

NEVER = -1  # the key of an event that never came in


@dataclass(frozen=True, slots=True)
class Plan:
    """A report, not counted yet, and what it reads. `values`, where there are some, are counted first: which values of
    a property are told apart."""

    report: Any
    reading: Reading
    steps: Steps | None = None
    values: Values | None = None


def planned(
    definition: Definition, *, keys: Mapping[str, int], at: datetime, values: Sequence[str] | None = None
) -> Plan:
    """The plan of a question, asked at this moment; `keys` are those of its events by name."""
    first, last = definition.days_at(at)
    selectors = [
        Selector(None if step.event is None else keys.get(step.event, NEVER), step.where) for step in definition.steps
    ]
    names = None if any(one.name is None for one in selectors) else {one.name for one in selectors if one.name}
    days = steps_between(first, last, Granularity.MONTH, definition.zone)
    start, end = days.start, days.end
    properties = definition.properties
    match definition.kind:
        case ReportKind.TREND:
            steps = steps_between(first, last, definition.by, definition.zone)
            reading = Reading(names, start, end, properties=properties)
            by = definition.breakdown
            first_look = Values(selectors, steps=steps, by=by) if by and values is None else None
            return Plan(Trend(selectors, steps=steps, by=by, values=values), reading, steps, first_look)
        case ReportKind.FUNNEL:
            window = definition.window.microseconds
            reading = Reading(names, start, end + window, properties=properties)
            return Plan(Funnel(selectors, window=window, start=start, end=end), reading)
        case ReportKind.RETENTION:
            cohorts = steps_between(first, last, definition.by, definition.zone)
            steps = steps_between(first, last, definition.by, definition.zone, further=definition.columns)
            back = Retention(
                *selectors,
                steps=steps,
                cohorts=len(cohorts),
                columns=definition.columns,
                end=end,
                now=int(at.timestamp()) * SECOND,
            )
            return Plan(back, Reading(names, start, steps.end, properties=properties), steps)
        case ReportKind.PATHS:
            return _paths(definition, selectors[0], start, end)
    steps = steps_between(first, last, definition.by, definition.zone)
    return Plan(SessionReport(steps=steps), Reading(None, start, end, sessions=True), steps)


def _paths(definition: Definition, anchor: Selector, start: int, end: int) -> Plan:
    window = definition.window.microseconds
    report = Paths(
        anchor,
        start=start,
        end=end,
        window=window,
        depth=definition.depth,
        top=definition.top,
        is_backwards=definition.is_backwards,
        skips_repeats=definition.skips_repeats,
    )
    ends = (start - window, end) if definition.is_backwards else (start, end + window)
    return Plan(report, Reading(None, *ends, properties=definition.properties))
