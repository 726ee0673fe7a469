"""Time triggers: minutes before or after a moment, as bounds on that moment, so that one query finds the tickets. Used
by escalation steps and by rules on time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from services.choices import UNSOLVED, EventKind, RuleAnchor, RuleOutcome, SLAClock, TicketStatus
from services.models import Calendar, Rule, RuleFiring, Ticket, TicketEvent
from services.operations.refresh_clocks import HistoryEvent, clock_events
from services.operations.sla_terms import hours_of
from services.sla import clock
from services.sla.business_time import BusinessHours
from services.sla.clock import RUNNING, STOPPED

# What should have happened longer ago than this is left: somebody added a rule today, and there are old tickets.
CAUGHT_UP = timedelta(days=7)
LONG_AGO = datetime.fromisoformat("1900-01-01T00:00:00+00:00")
DUE = (RuleAnchor.FIRST_REPLY_DUE, RuleAnchor.NEXT_REPLY_DUE, RuleAnchor.RESOLUTION_DUE)
# The events after which the time of an anchor begins anew.
BEGUN_BY: dict[str, tuple[EventKind, ...]] = {
    RuleAnchor.CUSTOMER_MESSAGE: (EventKind.OPENED, EventKind.CUSTOMER_MESSAGE),
    RuleAnchor.AGENT_REPLY: (EventKind.AGENT_REPLY,),
    RuleAnchor.STATUS: (
        EventKind.OPENED,
        EventKind.STATUS,
        EventKind.REOPENED,
        EventKind.MERGED,
        EventKind.UNMERGED,
    ),
}
AT_WORK = [*UNSOLVED, TicketStatus.SOLVED]

Calendars = list[tuple[int, BusinessHours]]


def all_calendars() -> Calendars:
    """The keys of the calendars with their hours. Two queries."""
    return [(calendar.pk, hours_of(calendar)) for calendar in Calendar.objects.prefetch_related("holidays")]


def moment_bound(hours: BusinessHours, minutes: int, at: datetime) -> datetime | None:
    """The latest moment of which so many minutes later (below zero: earlier) is `at`. None: any is, since the calendar
    opens too seldom."""
    try:
        return hours.subtract(at, 60 * minutes) if minutes >= 0 else hours.add(at, -60 * minutes)
    except ValueError:
        return None if minutes < 0 else LONG_AGO


def moment_after(start: datetime, minutes: int, hours: BusinessHours) -> datetime:
    """The moment so many minutes of business time after another, below zero before. A calendar that was not open for so
    long before makes it due at once, one that will not be makes it never due."""
    try:
        return hours.add(start, 60 * minutes) if minutes >= 0 else hours.subtract(start, -60 * minutes)
    except ValueError:
        return start + timedelta(days=365 * 100 * (1 if minutes > 0 else -1))


def has_come(rule: Rule, ticket: Ticket, hours: BusinessHours, *, at: datetime) -> bool:
    """Whether the time of a rule has come for a ticket of due_for_rule, to the minute: while the calendar is closed, a
    bound on the moment from which it counts cannot tell."""
    since: datetime = ticket.wait_since  # type: ignore[attr-defined]
    return not rule.in_business_time or moment_after(since, rule.minutes, hours) <= at


def between(
    column: str, minutes: int, calendars: Calendars, *, at: datetime, since: datetime, is_business: bool = True
) -> Q:
    """Tickets of which `minutes` from the moment in `column` came between `since` and `at`, by the calendar of their
    queue or around the clock."""
    if not is_business:
        span = timedelta(minutes=minutes)
        return Q(**{f"{column}__lte": at - span, f"{column}__gte": since - span})
    bounds = Q(pk__in=[])
    for pk, hours in calendars:
        latest, earliest = moment_bound(hours, minutes, at), moment_bound(hours, minutes, since)
        of_calendar = Q(queue__calendar=pk)
        if latest is not None:
            of_calendar &= Q(**{f"{column}__lte": latest})
        if earliest is not None:
            of_calendar &= Q(**{f"{column}__gte": earliest})
        bounds |= of_calendar
    return bounds


def waiting_for(clock: str) -> dict[str, Any]:
    """Which tickets wait for what a clock measures. A paused resolution is near or late for nobody."""
    if clock == SLAClock.RESOLUTION:
        return {"status__in": sorted(RUNNING), "resolution_due_at__isnull": False}
    first: dict[str, Any] = {"first_replied_at": None} if clock == SLAClock.FIRST_REPLY else {}
    return {"status__in": UNSOLVED, f"{clock}_due_at__isnull": False, **first}


def due_for_rule(rule: Rule, calendars: Calendars, *, at: datetime, since: datetime) -> "QuerySet[Ticket]":
    """The tickets for which the time of a rule came between `since` and `at`, with the moment from which it counted as
    `wait_since`. What is closed or merged is over."""
    tickets = Ticket.objects.annotate(wait_since=_wait_since(rule))
    waiting: dict[str, Any] = waiting_for(rule.anchor) if rule.anchor in DUE else {"status__in": AT_WORK}
    tickets = tickets.filter(**waiting)
    is_business = rule.in_business_time
    return tickets.filter(
        between("wait_since", rule.minutes, calendars, at=at, since=since, is_business=is_business)
    ).order_by("pk")


def fired_in_wait(rows: "QuerySet[Any]", clock: str) -> "QuerySet[Any]":
    """Of rows with a ticket and the beginning of a wait (`since`): those of the outer ticket in the wait that goes on,
    which is since what ended the one before it."""
    mine = rows.filter(ticket=OuterRef("pk")).order_by()
    if clock == SLAClock.FIRST_REPLY:
        return mine
    ends = Q(status_after__in=sorted(STOPPED))
    if clock == SLAClock.NEXT_REPLY:
        ends |= Q(kind=EventKind.AGENT_REPLY)
    ended = TicketEvent.objects.filter(ends, ticket=OuterRef("ticket")).order_by().values("ticket")
    latest = Subquery(ended.annotate(latest=Max("at")).values("latest"), output_field=DateTimeField())
    return mine.filter(since__gte=Coalesce(latest, Value(LONG_AGO, DateTimeField())))


def not_fired(rule: Rule) -> Q:
    """Of due_for_rule: tickets for which a rule on time has not applied in the wait that goes on. Where that began with
    an event all are let through (MariaDB takes no such question): `fired_of` knows."""
    fired = RuleFiring.objects.filter(rule=rule).exclude(outcome=RuleOutcome.STOPPED)
    if rule.anchor in DUE:
        return ~Q(Exists(fired_in_wait(fired, rule.anchor)))
    if rule.anchor in BEGUN_BY:
        return Q()
    return ~Q(Exists(fired.filter(ticket=OuterRef("pk"), since=OuterRef("created_at")).order_by()))


def fired_of(rule: Rule, tickets: Sequence[Ticket]) -> set[tuple[int, datetime | None]]:
    """Of rows of due_for_rule whose waits begin with events: tickets and waits to which the rule applied already."""
    if rule.anchor not in BEGUN_BY:
        return set()
    fired = RuleFiring.objects.filter(rule=rule, ticket__in=tickets).exclude(outcome=RuleOutcome.STOPPED)
    return set(fired.values_list("ticket_id", "since"))


def wait_begun(ticket: Ticket, events: Sequence[HistoryEvent], name: str, *, at: datetime) -> datetime | None:
    """When the wait began that a clock measures at `at`; None: nobody waits for it. However its due time moves, it is
    the same wait."""
    if not ticket.is_unsolved:
        return None
    history = clock_events(events)
    if name == SLAClock.FIRST_REPLY:
        wait = clock.first_reply(history, at)
        return wait.asked_at if wait and wait.ended_at is None else None
    if name == SLAClock.NEXT_REPLY:
        waits = clock.next_replies(history, at)
        return waits[-1].asked_at if waits else None
    if ticket.status not in RUNNING:
        return None
    return max([events[0].at, *clock.reopened_at(history, at)])


def _wait_since(rule: Rule) -> Any:
    if rule.anchor in DUE:
        return F(f"{rule.anchor}_due_at")
    if rule.anchor == RuleAnchor.OPENED:
        return F("created_at")
    begun = TicketEvent.objects.filter(ticket=OuterRef("pk"), kind__in=BEGUN_BY[rule.anchor]).order_by()
    return Subquery(begun.values("ticket").annotate(latest=Max("at")).values("latest"), output_field=DateTimeField())
