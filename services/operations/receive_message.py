from datetime import datetime

from customers.models import Customer, User
from services.choices import Direction, EventKind, MessageKind, TicketStatus
from services.models import Message, Ticket
from services.operations.assign_by_rules import decide_on_reopening
from services.operations.ticket_change import changing

WORKED_ON = (TicketStatus.NEW, TicketStatus.OPEN)


def receive_message(
    *,
    ticket: Ticket,
    body: str,
    by: User | None,
    at: datetime,
    customer: Customer | None = None,
    expected_version: int | None = None,
) -> Message:
    """Take in what the customer wrote (by default the ticket's requester). A pending, held or solved ticket opens
    again. `by` is the user who entered it, where a person did.

    Raises StaleVersion; TicketIsFinal on a closed or merged ticket: the message belongs to a new one."""
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        change.require_not_final()
        said_by = customer.pk if customer else ticket.requester_id or ticket.customer_id
        message = change.say(body, kind=MessageKind.REPLY, direction=Direction.INBOUND, customer_id=said_by)
        change.record(EventKind.CUSTOMER_MESSAGE, message=message.pk)
        if ticket.status not in WORKED_ON:
            change.move_to(TicketStatus.OPEN)
            decide_on_reopening(change)
    return message
