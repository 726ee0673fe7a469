from datetime import datetime

from customers.models import User
from services.choices import EventKind
from services.models import Queue, Ticket
from services.operations.change_priority import TicketIsSolved
from services.operations.rematch_policy import rematch_policy
from services.operations.ticket_change import changing


def change_queue(
    *, ticket: Ticket, to: Queue, by: User | None, at: datetime, expected_version: int | None = None
) -> Ticket:
    """Move an unsolved ticket to another queue: its team sees the ticket from now on (and its assignee, as ever), and
    the calendar there and the policy that fits apply to the whole time. A target missed before stays missed. The queue
    that it has changes nothing.

    Raises StaleVersion, TicketIsFinal, TicketIsSolved."""
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        change.require_not_final()
        if not ticket.is_unsolved:
            raise TicketIsSolved(ticket)
        if to.pk != ticket.queue_id:
            change.refresh_clocks()
            old = ticket.queue
            change.set(queue=to, team=to.team)
            change.record(EventKind.QUEUE, old=old.pk, new=to.pk, **rematch_policy(change))
    return ticket
