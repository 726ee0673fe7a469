from datetime import datetime

from customers.models import User
from services.choices import TicketStatus
from services.models import Ticket
from services.operations.assign_by_rules import decide_on_reopening
from services.operations.ticket_change import changing


def reopen_ticket(*, ticket: Ticket, by: User | None, at: datetime, expected_version: int | None = None) -> Ticket:
    """Take up work again on a solved, pending or held ticket. Only a solved one counts as reopened.

    Raises IllegalTransition, StaleVersion."""
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        change.move_to(TicketStatus.OPEN)
        decide_on_reopening(change)
    return ticket
