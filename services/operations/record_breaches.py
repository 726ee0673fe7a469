import logging
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from services.choices import EventKind, NotificationKind, SLAClock
from services.models import Ticket, TicketEvent
from services.operations.marking import marking
from services.operations.notify import notify
from services.operations.refresh_clocks import (
    BREACH_COLUMNS,
    HistoryEvent,
    clock_events,
    compute_clocks,
    next_reply_target,
)
from services.operations.sla_terms import Terms
from services.operations.ticket_change import TicketChange
from services.sla import clock

AT_ONCE = 500

logger = logging.getLogger(__name__)


def record_breaches(*, at: datetime, most: int = AT_ONCE) -> int:
    """Write down the targets that passed while nobody did anything: an event in the ticket's history, which is never
    erased, the columns that lists read, and a word to the assignee. Returns how many there were.

    At most `most` of a clock a call, each in a transaction of its own; may be lost, doubled or run twice at once."""
    return sum(_record(ticket, at) for name in SLAClock for ticket in _passed(name, at)[:most])


def _passed(name: SLAClock, at: datetime) -> "QuerySet[Ticket]":
    """Unsolved tickets of which this target passed and no breach is known; of a later reply: none of this wait."""
    tickets = Ticket.objects.unsolved()
    if name == SLAClock.FIRST_REPLY:
        late = tickets.filter(first_replied_at=None, first_reply_due_at__lt=at, first_reply_breached_at=None)
        return late.order_by("first_reply_due_at")
    if name == SLAClock.RESOLUTION:
        return tickets.filter(resolution_due_at__lt=at, resolution_breached_at=None).order_by("resolution_due_at")
    told = TicketEvent.objects.filter(
        ticket=OuterRef("pk"), at__gte=OuterRef("next_reply_due_at"), kind=EventKind.BREACHED, data__clock=name.value
    )
    earlier = Q(next_reply_breached_at__lt=F("next_reply_due_at")) & ~Exists(told)
    late = tickets.filter(Q(next_reply_breached_at=None) | earlier, next_reply_due_at__lt=at)
    return late.order_by("next_reply_due_at")


def _record(ticket: Ticket, at: datetime) -> int:
    try:
        with marking(ticket=ticket, at=at) as mark:
            return tell_breaches(mark)
    except Exception as error:  # one ticket that cannot be marked keeps no other back
        logger.error("breach of ticket %s was not recorded: %s", ticket.pk, type(error).__name__)
        return 0


def tell_breaches(mark: TicketChange) -> int:
    """Write the targets of an unsolved ticket that passed unnoticed into its history, and tell its assignee; returns
    how many there were. What its columns know of already was noticed."""
    ticket, told = mark.ticket, 0
    for name in SLAClock if ticket.is_unsolved else ():
        is_known = name != SLAClock.NEXT_REPLY and getattr(ticket, BREACH_COLUMNS[name])
        since = None if is_known else breach_now(mark.history, name, mark.terms, at=mark.at)
        if since is None or _is_told(mark.history, name, since):
            continue
        mark.record(EventKind.BREACHED, clock=name.value, since=since.isoformat())
        _tell_assignee(ticket, name, since, mark.recorded_at)
        told += 1
    return told


def breach_now(events: Sequence[HistoryEvent], name: SLAClock, terms: Terms, *, at: datetime) -> datetime | None:
    """Since when this target is missed; of later replies: by the wait that goes on. None: it is not."""
    if name == SLAClock.NEXT_REPLY:
        waits = clock.next_replies(clock_events(events), at)
        if not waits or waits[-1].ended_at:
            return None
        target = next_reply_target(waits[-1], events, terms)
        return None if target is None else clock.wait_breached_at(waits[-1], target, terms.hours, at)
    clocks = compute_clocks(events=events, terms=terms, at=at)
    if name == SLAClock.FIRST_REPLY:
        return None if clocks.first_replied_at else clocks.first_reply_breached_at
    return clocks.resolution_breached_at


def _tell_assignee(ticket: Ticket, name: SLAClock, since: datetime, at: datetime) -> None:
    told = [ticket.assignee.user_id] if ticket.assignee else []
    key = f"breach:{ticket.pk}:{name.value}:{since.timestamp():.0f}"
    notify(user_ids=told, ticket=ticket, kind=NotificationKind.BREACH, detail=name.value, key=key, at=at)


def _is_told(events: Sequence[HistoryEvent], name: SLAClock, since: datetime) -> bool:
    told = {"clock": name.value, "since": since.isoformat()}
    return any(event.kind == EventKind.BREACHED and event.data == told for event in events)
