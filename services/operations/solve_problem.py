from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from customers.models import User
from services.choices import LinkKind, TicketStatus
from services.models import Ticket
from services.operations.bulk import Outcome, bulk
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.ticket_change import lock_tickets
from services.querysets import TicketQuerySet


def solve_problem(
    *,
    ticket: Ticket,
    body: str,
    by: User,
    at: datetime,
    incidents: Iterable[Ticket] | None = None,
    expected_version: int | None = None,
) -> list[Outcome]:
    """Answer a problem and solve it, and do the same with its unsolved incidents (or those of them that the caller
    names, because they are in sight): each customer gets the same public reply. Each in a transaction of its own; the
    problem is the first outcome.

    Raises what reply_to_ticket raises for the problem itself: then nothing was changed."""
    found = list(incidents_of(ticket) if incidents is None else incidents)
    if connection.in_atomic_block:  # as in bulk
        lock_tickets(tickets=[ticket, *found])
    reply_to_ticket(
        ticket=ticket,
        body=body,
        by=by,
        at=at,
        status_after=TicketStatus.SOLVED,
        expected_version=expected_version,
    )
    rest = bulk(tickets=found, verb="reply", body=body, status_after=TicketStatus.SOLVED, by=by, at=at)
    return [Outcome(ticket), *rest]


def incidents_of(ticket: Ticket) -> TicketQuerySet[Ticket]:
    """The unsolved incidents of a problem."""
    return Ticket.objects.unsolved().filter(links_out__to_ticket=ticket, links_out__kind=LinkKind.INCIDENT)
