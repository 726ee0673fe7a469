from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.audit.record import record
from customers.choices import AuditKind, ContactKind, LeaseState
from customers.encryption.blind_index import blind_index
from customers.models import User
from services.choices import DeliveryStatus
from services.models import OutboundMail
from services.operations.note_mail_id import note_mail_id
from services.operations.queue_mail import new_internet_id
from services.operations.reply_route import reply_route
from services.operations.say_delivery import say_delivery


class NotSentAgain(Exception):
    """The mail did not fail, or there is nothing left of it to send. Nothing was changed."""


@transaction.atomic
def resend_mail(*, mail: OutboundMail, by: User | None, at: datetime) -> OutboundMail:
    """Send a mail that failed or came back once more, now to the address that is on record by now. One that the server
    may have had (it came back, or the address is another) gets a new Message-ID, or it would be taken for a copy.

    Raises NotSentAgain."""
    mail.refresh_from_db(from_queryset=OutboundMail.objects.select_for_update())
    if mail.state != LeaseState.FAILED:
        raise NotSentAgain(_("Only mail that failed or came back is sent again."))
    if mail.body is None or mail.recipient is None:
        raise NotSentAgain(_("The text of this mail was deleted: write it anew."))
    address = _address_now(mail, at)
    if mail.bounced_at is not None or address != mail.recipient:
        mail.internet_id = new_internet_id(mail.mailbox)
    mail.recipient, mail.recipient_index = address, blind_index(ContactKind.EMAIL, address)
    mail.state, mail.attempts, mail.due_at = LeaseState.TODO, 0, at
    mail.problem, mail.bounced_at = "", None
    mail.save()
    if mail.message is not None:
        say_delivery(mail=mail, status=DeliveryStatus.QUEUED)
        mail.message.delivery_status = DeliveryStatus.QUEUED
        ticket = mail.message.ticket
        note_mail_id(
            value=mail.internet_id, ticket=ticket, message=mail.message, is_ours=True, mailbox=mail.mailbox, at=at
        )
    record(AuditKind.DONE, mail)
    return mail


def _address_now(mail: OutboundMail, at: datetime) -> str:
    """Where it goes now. Raises NotSentAgain where the customer does not want mail any more."""
    if mail.message is None:
        return str(mail.recipient)
    route = reply_route(mail.message.ticket, at=at)
    if route.hindrance == "refused":
        raise NotSentAgain(route.why_not)
    return route.address or str(mail.recipient)
