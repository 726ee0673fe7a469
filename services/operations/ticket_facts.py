"""What a ticket's history says about how its customer was served: the facts that scores read.

Two things that only another system can know stand in the data of its OPENED event: `sla`: true, where it promised a
resolution and reports every miss as a BREACHED event; `replies`: false, where it tells nothing of replies, so that
nobody is said to have waited for one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from customers.choices import Factor, Measure, SubjectType
from customers.operations.observe import NewFact
from services.choices import EventKind
from services.models import Ticket
from services.operations.refresh_clocks import (
    RESOLUTION,
    HistoryEvent,
    clock_events,
    reopenings,
    reply_due_at,
    reply_target,
    waited_seconds,
)
from services.operations.sla_terms import Terms
from services.sla import clock

REOPENED_WITHIN = timedelta(days=14)
_INSTANT = timedelta(microseconds=1)


def facts_of(*, ticket: Ticket, events: Sequence[HistoryEvent], terms: Terms, at: datetime) -> list[NewFact]:
    """The facts about one ticket at `at`, for each customer it counts for. Reads the ticket's clock columns, which
    refresh_clocks has just set, and its events in order; asks the database nothing."""
    found = [_reply(events, terms, at), _promises(ticket, events, terms, at)]
    return [
        NewFact(customer_id=pk, subject_type=SubjectType.TICKET, subject_id=ticket.pk, **fact)
        for fact in found
        if fact is not None
        for pk in counts_for(ticket)
    ]


def counts_for(ticket: Ticket) -> list[int]:
    """The customers whose scores a ticket moves: its own and, where another, its requester."""
    return sorted({ticket.customer_id, ticket.requester_id or ticket.customer_id})


def _reply(events: Sequence[HistoryEvent], terms: Terms, at: datetime) -> dict[str, Any] | None:
    """How long the customer waited for the first human public reply. A ticket solved without one was answered by the
    solution. While the customer waits, the fact begins to count when the target is used up."""
    wait = clock.first_reply(clock_events(events), at)
    if wait is None or _said_at_opening(events).get("replies") is False:
        return None
    target = reply_target(events, terms) or max(terms.typical_reply, 1)
    fact: dict[str, Any] = {
        "factor": Factor.RESPONSIVENESS,
        "measure": Measure.REPLY,
        "reference": float(target),
        "value": None,
        "at": wait.asked_at,
    }
    if wait.ended_at is None:
        due_at = reply_due_at(wait, target, terms)
        # A target used up as the office closes is missed when it opens again.
        return {**fact, "due_at": due_at and terms.hours.next_open(due_at)}
    return {**fact, "value": float(waited_seconds(wait, terms, at)), "at": wait.ended_at}


def _promises(ticket: Ticket, events: Sequence[HistoryEvent], terms: Terms, at: datetime) -> dict[str, Any] | None:
    """Once it was solved: how many promises were kept of those that were made. Always made: it stays solved."""
    reopened = reopenings(events, at)
    if ticket.solved_at is None and not reopened:
        return None
    kept = [not _reopened_soon(events, reopened)]
    if _resolution_was_promised(events, terms):
        kept.append(ticket.resolution_breached_at is None)
    return {
        "factor": Factor.RELIABILITY,
        "measure": Measure.PROMISES,
        "value": float(sum(kept)),
        "reference": float(len(kept)),
        "at": ticket.solved_at or reopened[-1],
    }


def _reopened_soon(events: Sequence[HistoryEvent], reopened: list[datetime]) -> bool:
    history = clock_events(events)
    for moment in reopened:
        solved = clock.solved_at(history, moment - _INSTANT)
        if solved is None or moment - solved <= REOPENED_WITHIN:
            return True
    return False


def _resolution_was_promised(events: Sequence[HistoryEvent], terms: Terms) -> bool:
    if terms.resolution is not None or _said_at_opening(events).get("sla"):
        return True
    return any(e.kind == EventKind.BREACHED and e.data.get("clock", RESOLUTION) == RESOLUTION for e in events)


def _said_at_opening(events: Sequence[HistoryEvent]) -> dict[str, Any]:
    return next((event.data for event in events if event.kind == EventKind.OPENED), {})
