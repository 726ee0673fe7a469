from datetime import datetime

from customers.models import Customer
from services.choices import Direction, EventKind, MessageKind
from services.models import Message, Ticket
from services.operations.receive_message import where_it_goes
from services.operations.ticket_change import changing


def receive_automatic(*, ticket: Ticket, body: str, at: datetime, customer: Customer | None = None) -> Message:
    """Put down what a machine wrote into a ticket: that somebody is out of the office, that a mail was read. It moves
    neither status nor clocks, asks for no answer, and may come to a closed ticket too. Of a merged one, the ticket that
    was kept gets it."""
    ticket.refresh_from_db(fields=["merged_into"])
    target = where_it_goes(ticket)
    also_lock = [customer.pk] if customer else []
    with changing(ticket=target, by=None, at=at, also_lock=also_lock) as change:
        said_by = customer.pk if customer else target.requester_id or target.customer_id
        message = change.say(body, kind=MessageKind.REPLY, direction=Direction.INBOUND, customer_id=said_by)
        message.is_automatic = True
        message.save(update_fields=["is_automatic"])
        change.record(EventKind.AUTO_REPLY, message=message.pk)
    return message
