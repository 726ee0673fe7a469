import hashlib
from datetime import datetime

from django.db import transaction

from customers.choices import ContactKind, KeyPurpose
from customers.encryption.cipher import keyed_hash
from customers.encryption.keyring import current_key
from customers.models import Customer, Team
from customers.operations.create_customer import create_customer
from customers.operations.records import ContactRecord
from services.choices import Channel
from services.messaging import Inbound
from services.models import Message, MessagingChannel, MessengerConversation, MessengerReceipt
from services.operations.open_ticket import open_ticket
from services.operations.receive_message import receive_message

LONGEST_SUBJECT = 80


class TakesNothingIn(Exception):
    """The channel is off, or has no queue for what comes in. Nothing was written."""


@transaction.atomic
def receive_from_messenger(*, channel: MessagingChannel, inbound: Inbound, at: datetime) -> Message:
    """Take in a message of a messenger. The conversation goes on in its ticket, as a reply by mail does; without one it
    opens a ticket. The customer is whoever has the sender's id as a contact point, else a new one. The same message
    again changes nothing: the one on record is returned.

    Raises TakesNothingIn."""
    queue = channel.queue
    if queue is None or not channel.is_active:
        raise TakesNothingIn
    conversation = _conversation(channel, inbound)
    digest = hashlib.sha256(inbound.id.encode()).hexdigest()
    known = MessengerReceipt.objects.filter(channel=channel, digest=digest).select_related("message").first()
    if known is not None:
        return known.message
    customer = _customer(channel, conversation, inbound, queue.team, at)
    if conversation.ticket is None:
        ticket = open_ticket(
            customer=customer,
            subject=subject_of(inbound.text),
            body=inbound.text,
            queue=queue,
            channel=Channel.MESSENGER,
            by=None,
            at=at,
        )
        message = ticket.messages.get()
    else:
        message = receive_message(ticket=conversation.ticket, body=inbound.text, customer=customer, by=None, at=at)
    conversation.customer, conversation.ticket = customer, message.ticket
    conversation.save(update_fields=["customer", "ticket"])
    MessengerReceipt.objects.create(channel=channel, digest=digest, message=message)
    return message


def _conversation(channel: MessagingChannel, inbound: Inbound) -> MessengerConversation:
    """The conversation, made or found, and locked: of two messages at the same time one is taken after the other."""
    _id, key = current_key(KeyPurpose.INDEX)
    digest = keyed_hash(f"conversation:{channel.pk}:{inbound.conversation}", key=key)
    rows = MessengerConversation.objects
    row, _made = rows.get_or_create(channel=channel, digest=digest, defaults={"address": inbound.conversation})
    return rows.select_for_update().get(pk=row.pk)


def _customer(
    channel: MessagingChannel, conversation: MessengerConversation, inbound: Inbound, team: Team, at: datetime
) -> Customer:
    value = f"{channel.prefix}{inbound.sender}"
    found = Customer.objects.present().reached_at(ContactKind.MESSENGER, value).order_by("pk")
    known = found.filter(team=team).first() or found.first()
    if known is not None:
        return known
    return create_customer(
        name=inbound.name.strip() or inbound.sender,
        team=team,
        contact_points=[ContactRecord(kind=ContactKind.MESSENGER, value=value, is_primary=True)],
        at=at,
    )


def subject_of(text: str) -> str:
    """What a ticket is called by what was said first."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"
