from datetime import datetime

from customers.models import User
from services.choices import TicketStatus
from services.models import Ticket
from services.operations.ticket_change import changing


def close_ticket(*, ticket: Ticket, by: User | None, at: datetime, expected_version: int | None = None) -> Ticket:
    """Close a solved ticket for good.

    Raises IllegalTransition, StaleVersion."""
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        change.of_erased = True  # nothing is put down about them: it ends
        change.move_to(TicketStatus.CLOSED)
    return ticket
