import logging
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, Exists, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from services.choices import UNSOLVED, EscalationAction, EventKind, SLAClock
from services.models import Calendar, Escalation, EscalationStep, Ticket, TicketEvent
from services.operations.sla_terms import hours_of
from services.operations.take_step import take_step
from services.sla.business_time import BusinessHours
from services.sla.clock import RUNNING, STOPPED

AT_ONCE = 200
# What should have happened longer ago than this is left: somebody added a step today to a policy of old tickets.
CAUGHT_UP = timedelta(days=7)
LONG_AGO = datetime.fromisoformat("1900-01-01T00:00:00+00:00")

logger = logging.getLogger(__name__)


def escalate(*, at: datetime, most: int = AT_ONCE) -> int:
    """Take the steps that are due: warnings before a target, and what policies say of a missed one. Returns how many
    were taken.

    Each step finds its tickets by one query over the indexed due times: "so many business minutes before or after" is
    turned into a bound for each calendar. take_step looks again under the ticket's lock, so this may be lost, doubled
    or run twice at once. At most `most` tickets of a step a call."""
    calendars = [(calendar.pk, hours_of(calendar)) for calendar in Calendar.objects.prefetch_related("holidays")]
    steps = EscalationStep.objects.select_related("agent__user").order_by("minutes", "pk")
    return sum(_take(ticket, step, at) for step in steps for ticket in due_for(step, calendars, at=at)[:most])


def _take(ticket: Ticket, step: EscalationStep, at: datetime) -> bool:
    try:
        return take_step(ticket=ticket, step=step, at=at) is not None
    except Exception as error:  # one ticket that cannot be escalated keeps no other back
        logger.error("step %s was not taken for ticket %s: %s", step.pk, ticket.pk, type(error).__name__)
        return False


def due_for(step: EscalationStep, calendars: list[tuple[int, BusinessHours]], *, at: datetime) -> "QuerySet[Ticket]":
    """The tickets for which a step is due and was not taken in the wait that goes on, first those due first."""
    column = f"{step.clock}_due_at"
    bounds = Q(pk__in=[])
    for pk, hours in calendars:
        latest, earliest = _bound(hours, step.minutes, at), _bound(hours, step.minutes, at - CAUGHT_UP)
        if step.minutes < 0 and step.action == EscalationAction.NOTIFY:
            earliest = at  # what is missed already is no longer near
        of_calendar = Q(queue__calendar=pk)
        if latest is not None:
            of_calendar &= Q(**{f"{column}__lte": latest})
        if earliest is not None:
            of_calendar &= Q(**{f"{column}__gte": earliest})
        bounds |= of_calendar
    tickets = Ticket.objects.filter(bounds, ~Exists(_taken(step)), policy=step.policy_id, **_waiting(step))
    return tickets.order_by(column)


def _bound(hours: BusinessHours, minutes: int, at: datetime) -> datetime | None:
    """The latest due time for which a step is due at `at`. None: any is, since the calendar opens too seldom."""
    try:
        return hours.subtract(at, 60 * minutes) if minutes >= 0 else hours.add(at, -60 * minutes)
    except ValueError:
        return None if minutes < 0 else LONG_AGO


def _waiting(step: EscalationStep) -> dict[str, Any]:
    """Which tickets wait for what the step's clock measures. A paused resolution is near or late for nobody."""
    if step.clock == SLAClock.RESOLUTION:
        return {"status__in": sorted(RUNNING), "resolution_due_at__isnull": False}
    first: dict[str, Any] = {"first_replied_at": None} if step.clock == SLAClock.FIRST_REPLY else {}
    return {"status__in": UNSOLVED, f"{step.clock}_due_at__isnull": False, **first}


def _taken(step: EscalationStep) -> "QuerySet[Escalation]":
    """The step as taken for the outer ticket in the wait that goes on: since what ended the one before it."""
    taken = Escalation.objects.filter(ticket=OuterRef("pk"), step=step)
    if step.clock == SLAClock.FIRST_REPLY:
        return taken
    ends = Q(status_after__in=sorted(STOPPED))
    if step.clock == SLAClock.NEXT_REPLY:
        ends |= Q(kind=EventKind.AGENT_REPLY)
    ended = TicketEvent.objects.filter(ends, ticket=OuterRef("ticket")).order_by().values("ticket")
    latest = Subquery(ended.annotate(latest=Max("at")).values("latest"), output_field=DateTimeField())
    return taken.filter(since__gte=Coalesce(latest, Value(LONG_AGO, DateTimeField())))
