from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from customers.models import User
from customers.operations.record_activity import CustomerIsErased, CustomerIsMerged
from services.models import Ticket
from services.operations.add_note import add_note
from services.operations.assign_ticket import AgentTakesNoTickets, AlreadyTaken, assign_ticket
from services.operations.change_priority import TicketIsSolved, change_priority
from services.operations.change_queue import change_queue
from services.operations.close_ticket import close_ticket
from services.operations.hold_ticket import hold_ticket
from services.operations.pend_ticket import pend_ticket
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.operations.ticket_change import TicketIsFinal, lock_tickets
from services.transitions import IllegalTransition

# What can be done to many at once: name -> operation, and what it takes beyond the ticket.
BULK_VERBS: dict[str, tuple[Callable[..., Any], tuple[str, ...]]] = {
    "assign": (assign_ticket, ("to",)),
    "prioritise": (change_priority, ("to",)),
    "queue": (change_queue, ("to",)),
    "note": (add_note, ("body",)),
    "reply": (reply_to_ticket, ("body", "status_after")),
    "pend": (pend_ticket, ()),
    "hold": (hold_ticket, ()),
    "solve": (solve_ticket, ()),
    "reopen": (reopen_ticket, ()),
    "close": (close_ticket, ()),
}

REFUSALS = (
    AgentTakesNoTickets,
    AlreadyTaken,
    CustomerIsErased,
    CustomerIsMerged,
    IllegalTransition,
    TicketIsFinal,
    TicketIsSolved,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a verb for one ticket: `refused` is the exception that says why nothing was changed, if any."""

    ticket: Ticket
    refused: Exception | None = None


def bulk(*, tickets: Iterable[Ticket], verb: str, by: User, at: datetime, **given: Any) -> list[Outcome]:
    """Do one verb of BULK_VERBS to each of these tickets, in the order of their keys, each in a transaction of its own.
    One that refuses keeps no other from being done; each outcome is told."""
    operation, _names = BULK_VERBS[verb]
    rows = sorted(tickets, key=lambda ticket: ticket.pk)
    outcomes = []
    if connection.in_atomic_block:  # the caller makes it one transaction, so all locks are taken in order, first
        lock_tickets(tickets=rows)
    for ticket in rows:
        try:
            operation(ticket=ticket, by=by, at=at, **given)
        except REFUSALS as refused:
            outcomes.append(Outcome(ticket, refused))
        else:
            outcomes.append(Outcome(ticket))
    return outcomes
