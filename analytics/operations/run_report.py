from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import router
from django.utils.translation import gettext as _

from analytics.behaviour.blocks import Block
from analytics.behaviour.calendar import Steps
from analytics.behaviour.definition import Definition
from analytics.behaviour.funnel import Funnel, FunnelStep
from analytics.behaviour.paths import Paths, PathStep
from analytics.behaviour.retention import Cohort, Retention
from analytics.behaviour.sessions import SessionReport, Sessions
from analytics.behaviour.trend import Series, TooManyValues, Trend
from analytics.models import Event, EventName
from analytics.operations.plan_report import Plan, planned
from analytics.sql.event_stream import event_stream
from customers.models import Customer, Segment, User
from customers.querysets import CustomerQuerySet
from customers.segments.condition import segment_customers
from customers.segments.definition import SegmentInvalid
from customers.sql.time_limit import TookTooLong, at_most

# Of each statement, and so of each reading of the events: nobody waits longer for a page.
SECONDS = 60


class ReportFailed(Exception):
    """The report cannot be made: too much to read, or a segment that is gone. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a report found, among everybody or in one segment; of its kind, one of the lists.

    `report` is what was counted with: it knows the names of the cells."""

    segment: Segment | None
    report: Any
    series: list[Series] | None = None
    funnel: list[FunnelStep] | None = None
    cohorts: list[Cohort] | None = None
    began: int | None = None
    path: list[PathStep] | None = None
    sessions: tuple[Sessions, list[Sessions]] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nobody did any of it."""
        if self.series is not None:
            return not any(one.all_events for one in self.series)
        if self.funnel is not None:
            return not self.funnel[0].people
        if self.cohorts is not None:
            return not any(one.people for one in self.cohorts)
        return not (self.began or (self.sessions and self.sessions[0].sessions))


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to a question, of those whom the user may see. `steps` are days, weeks or months (None: the kind has
    none); `names` of events by key; `unknown`: events that are asked for and that never came in."""

    definition: Definition
    first: date
    last: date
    steps: Steps | None
    names: Mapping[int, str]
    unknown: list[str]
    found: list[Found]


def run_report(*, definition: Definition, user: User, at: datetime) -> Report:
    """Count what a report asks for: of those whom the user may see, without whoever objected to profiling or had the
    processing of their data restricted. People of whom no customer is known are counted for those who see all teams,
    where no segment is asked for.

    Raises ReportFailed."""
    keys = event_keys(definition)
    found = [
        _found(segment, counted(definition, keys=keys, segment=segment, user=user, at=at))
        for segment in segments_of(definition, user)
    ]
    first, last = definition.days_at(at)
    asked = {step.event for step in definition.steps if step.event is not None}
    return Report(
        definition=definition,
        first=first,
        last=last,
        steps=planned(definition, keys=keys, at=at).steps,
        names=_names(found),
        unknown=sorted(asked - {*keys}),
        found=found,
    )


def event_keys(definition: Definition) -> dict[str, int]:
    """The keys of the events that are asked for, by name."""
    asked = [step.event for step in definition.steps if step.event is not None]
    rows = EventName.objects.filter(name__in=asked).values_list("name", "pk") if asked else ()
    return {name: pk for name, pk in rows if name in asked}


def segments_of(definition: Definition, user: User) -> list[Segment | None]:
    """The segments that are counted, each by itself; None: everybody. Raises ReportFailed where one is out of sight."""
    if not definition.segments:
        return [None]
    rows = Segment.objects.visible_to(user).in_bulk(definition.segments)
    if len(rows) < len(definition.segments):
        raise ReportFailed(_("The segment is gone, or you may not see it. Choose another."))
    return [rows[key] for key in definition.segments]


def counted(
    definition: Definition, *, keys: Mapping[str, int], segment: Segment | None, user: User, at: datetime
) -> Any:
    """The report, with everybody counted. Raises ReportFailed."""
    customers = customers_of(segment, user, at)
    plan = planned(definition, keys=keys, at=at)
    if plan.values is not None:
        read_all(plan, plan.values.count, user, customers)
        plan = planned(definition, keys=keys, at=at, values=plan.values.top())
    read_all(plan, plan.report.count, user, customers)
    return plan.report


def customers_of(segment: Segment | None, user: User, at: datetime) -> CustomerQuerySet[Customer] | None:
    """The customers of a segment that this user may see; None: everybody. Raises ReportFailed."""
    if segment is None:
        return None
    try:
        return segment_customers(segment=segment, user=user, at=at)
    except SegmentInvalid as error:
        raise ReportFailed(" ".join(error.sentences())) from error


def read_all(
    plan: Plan, work: Callable[[Block], object], user: User, customers: CustomerQuerySet[Customer] | None
) -> None:
    """Do it with all events that a report asks for, block after block. Raises ReportFailed."""
    blocks = event_stream(plan.reading, user=user, customers=customers)
    try:
        with at_most(SECONDS, using=router.db_for_read(Event)), closing(blocks):
            for block in blocks:
                work(block)
    except TookTooLong as error:
        raise ReportFailed(_("There are too many events to count them in time. Choose a shorter period.")) from error
    except TooManyValues as error:
        text = _("This property has more than 10,000 different values. Break the report down by another.")
        raise ReportFailed(text) from error


def _found(segment: Segment | None, report: Any) -> Found:
    result = report.result()
    match report:
        case Trend():
            return Found(segment, report, series=result)
        case Funnel():
            return Found(segment, report, funnel=result)
        case Retention():
            return Found(segment, report, cohorts=result)
        case Paths():
            return Found(segment, report, began=report.began, path=result)
        case SessionReport():
            return Found(segment, report, sessions=result)
    raise TypeError(report)


def _names(found: list[Found]) -> dict[int, str]:
    keys = {key for one in found for step in one.path or () for link in step.links for key in (link.before, link.after)}
    return dict(EventName.objects.filter(pk__in=keys).values_list("pk", "name")) if keys else {}
