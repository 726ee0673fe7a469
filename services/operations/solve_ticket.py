from datetime import datetime

from customers.models import User
from services.choices import TicketStatus
from services.models import Ticket
from services.operations.ticket_change import changing


def solve_ticket(*, ticket: Ticket, by: User | None, at: datetime, expected_version: int | None = None) -> Ticket:
    """Say that the request is done. The customer may still reopen it by writing.

    Raises IllegalTransition, StaleVersion."""
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        change.move_to(TicketStatus.SOLVED)
    return ticket
