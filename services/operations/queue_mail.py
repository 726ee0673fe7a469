import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from customers.choices import ContactKind
from customers.encryption.blind_index import blind_index
from customers.models import Customer, User
from services.choices import DeliveryStatus, MailPurpose
from services.mail.headers import one_line
from services.models import Mailbox, Message, OutboundMail
from services.operations.enclose_files import OwnFile, enclose_files
from services.operations.note_mail_id import note_mail_id

MOST_OF_A_NAME = 200


@transaction.atomic
def queue_mail(
    *,
    key: str,
    mailbox: Mailbox,
    purpose: MailPurpose,
    recipient: str,
    subject: str,
    body: str,
    at: datetime,
    customer: Customer | None = None,
    user: User | None = None,
    message: Message | None = None,
    is_automatic: bool = False,
    sender_name: str = "",
    in_reply_to: str = "",
    references: str = "",
    files: Sequence[OwnFile] = (),
) -> OutboundMail:
    """Have a mail sent, once for each `key`: one that is queued already, or was sent, is returned as it is. It leaves
    once the caller's transaction has ended well (`deliver_mail`). Of a `message`, the delivery status follows.
    `files` of our own go along.

    Whether the recipient may be written to is the caller's question (`reply_route`, `may_contact`)."""
    number = uuid.uuid4()
    mail, is_new = OutboundMail.objects.get_or_create(
        key=key,
        defaults={
            "id": number,
            "mailbox": mailbox,
            "purpose": purpose,
            "customer": customer,
            "user": user,
            "message": message,
            "recipient": recipient,
            "recipient_index": blind_index(ContactKind.EMAIL, recipient),
            "sender_name": one_line(sender_name)[:MOST_OF_A_NAME],
            "subject": subject,
            "body": body,
            "is_automatic": is_automatic,
            "internet_id": new_internet_id(mailbox),
            "in_reply_to": in_reply_to,
            "references": references,
            "written_at": at,
            "due_at": at,
        },
    )
    if is_new and files:
        enclose_files(mail=mail, files=files, at=at)
    if is_new and message is not None:
        Message.objects.filter(pk=message.pk).update(delivery_status=DeliveryStatus.QUEUED)
        message.delivery_status = DeliveryStatus.QUEUED
        note_mail_id(
            value=mail.internet_id, ticket=message.ticket, message=message, is_ours=True, mailbox=mailbox, at=at
        )
    return mail


def new_internet_id(mailbox: Mailbox) -> str:
    """A Message-ID at the mailbox's domain, which says nothing about anybody."""
    return f"<{uuid.uuid4()}@{mailbox.domain}>"
