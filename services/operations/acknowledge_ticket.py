from datetime import datetime

from django.db import transaction

from customers.choices import ContactKind
from customers.encryption.blind_index import blind_index
from services.choices import Direction, EventKind, MailPurpose, MessageKind
from services.models import Message, Ticket
from services.operations.mail_message import sender_of
from services.operations.mail_texts import language_of, mail_text, values_for_mail
from services.operations.may_auto_reply import may_auto_reply
from services.operations.queue_mail import queue_mail
from services.operations.reply_route import reply_route
from services.operations.ticket_change import TicketChange, changing


class _AnsweredAlready(Exception):
    """Another ticket of the same sender was acknowledged at the same moment."""


def acknowledge_ticket(*, ticket: Ticket, at: datetime) -> Message | None:
    """Tell whoever opened a ticket by mail that it was received, under which number; the same stands in the
    conversation. None where that is not wanted: the mailbox does not acknowledge, mail does not reach them, or they
    had such a mail within the hour. Not to be called for mail that is itself automatic.

    Raises nothing: a ticket is opened whatever becomes of its acknowledgement."""
    with changing(ticket=ticket, by=None, at=at) as change:
        return acknowledge(change)


def acknowledge(change: TicketChange) -> Message | None:
    """The same, within the change that opens the ticket."""
    ticket, at = change.ticket, change.recorded_at
    route = reply_route(ticket, at=at)
    mailbox = route.mailbox
    if route.hindrance or mailbox is None or not mailbox.acknowledges:
        return None
    if not may_auto_reply(address=route.address, at=at):
        return None
    language = language_of(route.customer, otherwise=mailbox.language)
    values = values_for_mail(ticket, mailbox=mailbox, more={})
    subject, body = mail_text(MailPurpose.ACKNOWLEDGEMENT, language=language, values=values)
    try:
        with transaction.atomic():
            message = Message.objects.create(
                ticket=ticket,
                kind=MessageKind.REPLY,
                direction=Direction.OUTBOUND,
                body=body,
                at=change.at,
                is_automatic=True,
            )
            # Of this key there is one: of two that are opened at once, one is acknowledged.
            hour = f"{at:%Y%m%d%H}"
            mail = queue_mail(
                key=f"ack:{blind_index(ContactKind.EMAIL, route.address)}:{hour}",
                mailbox=mailbox,
                purpose=MailPurpose.ACKNOWLEDGEMENT,
                recipient=route.address,
                subject=subject,
                body=body,
                at=at,
                customer=route.customer,
                message=message,
                is_automatic=True,
                sender_name=sender_of(mailbox, None),
                in_reply_to=route.in_reply_to,
                references=route.references,
            )
            if mail.message_id != message.pk:
                raise _AnsweredAlready
    except _AnsweredAlready:
        return None
    change.record(EventKind.AUTO_REPLY, message=message.pk)
    return message
