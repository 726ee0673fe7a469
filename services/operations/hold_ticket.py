from datetime import datetime

from customers.models import User
from services.choices import TicketStatus
from services.models import Ticket
from services.operations.ticket_change import changing


def hold_ticket(*, ticket: Ticket, by: User | None, at: datetime, expected_version: int | None = None) -> Ticket:
    """Wait for a third party. The resolution clock stands still until the ticket is open again.

    Raises IllegalTransition, StaleVersion."""
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        change.move_to(TicketStatus.ON_HOLD)
    return ticket
