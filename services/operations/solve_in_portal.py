from datetime import datetime

from customers.models import Customer
from services.choices import TicketStatus
from services.models import Ticket
from services.operations.ticket_change import changing
from services.transitions import TRANSITIONS

# In the history: nobody of the house did it.
CUSTOMER = "customer"


def solve_in_portal(*, ticket: Ticket, customer: Customer, at: datetime) -> Ticket:
    """Have a customer say that their request is done. Of one that is solved already, nothing; the history tells that it
    was the customer.

    Raises IllegalTransition where the table has no such step."""
    with changing(ticket=ticket, by=None, at=at, also_lock=[customer.pk]) as change:
        if ticket.status == TicketStatus.SOLVED:
            return ticket
        change.move_to(TicketStatus.SOLVED, by=CUSTOMER)
    return ticket


def may_solve(ticket: Ticket) -> bool:
    """Whether the table allows it."""
    return TicketStatus.SOLVED in TRANSITIONS[ticket.status]
