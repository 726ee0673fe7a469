from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import User
from services.choices import EventKind, LinkKind
from services.models import Attachment, Message, Ticket
from services.operations.link_tickets import link_tickets
from services.operations.open_ticket import open_ticket
from services.operations.ticket_change import changing


class NothingWouldBeLeft(Exception):
    """The only message of a ticket is the ticket. Nothing was changed."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(_("Ticket %(number)s has no other message, so this one cannot leave.") % {"number": ticket})


@transaction.atomic
def split_ticket(
    *, message: Message, by: User | None, at: datetime, subject: str = "", expected_version: int | None = None
) -> Ticket:
    """Have one message, with its files, become a ticket of its own: of the same customer, queue and kind, opened now,
    linked with the one that it came from. What the histories say of the message stays with the old one.

    Raises NothingWouldBeLeft, TicketIsFinal, StaleVersion."""
    ticket = message.ticket
    said_by = [message.customer_id] if message.customer_id else []
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version, also_lock=said_by) as change:
        change.require_not_final()
        message.refresh_from_db()
        if message.ticket_id != ticket.pk or ticket.messages.count() < 2:
            raise NothingWouldBeLeft(ticket)
        new = open_ticket(
            customer=ticket.customer,
            requester=message.customer or ticket.requester,
            subject=subject or ticket.subject,
            queue=ticket.queue,
            service_type=ticket.service_type,
            channel=ticket.channel,
            priority=ticket.priority,
            inherited=ticket.attributes,
            by=by,
            at=at,
        )
        Message.objects.filter(pk=message.pk).update(ticket=new)
        Attachment.objects.filter(message=message).update(ticket=new)
        change.record(EventKind.SPLIT, message=message.pk, other=new.pk, number=new.number)
    message.refresh_from_db()
    link_tickets(from_ticket=new, to_ticket=ticket, kind=LinkKind.SPLIT, by=by, at=at)
    return new
