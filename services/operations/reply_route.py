"""How an answer about a ticket reaches the customer by mail, or why it does not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from customers.choices import ConsentChannel, ConsentPurpose, ContactKind
from customers.encryption.blind_index import normalise_email
from customers.models import ContactPoint, Customer
from customers.operations.may_contact import may_contact
from services.choices import Channel
from services.models import Mailbox, MailId, Ticket

# In a chat or a messenger they read the conversation itself; what is said of a review stands below the review.
NOT_BY_MAIL = (Channel.CHAT, Channel.MESSENGER, Channel.REVIEW)
REFERENCES = 10
HINDRANCES = {
    "channel": gettext_lazy("Tickets of this channel are not answered by mail."),
    "mailbox": gettext_lazy("No mailbox sends for this queue: nothing leaves by mail."),
    "address": gettext_lazy("No e-mail address of the customer is known: nothing leaves by mail."),
    "ours": gettext_lazy("The customer's address is one of our own mailboxes: nothing leaves by mail."),
    "refused": gettext_lazy("The customer does not want service mail: nothing leaves by mail."),
}


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a mail: through which mailbox, to which address, whose, and what it answers. `hindrance`: a code of
    HINDRANCES, where there is no way."""

    customer: Customer
    hindrance: str = ""
    mailbox: Mailbox | None = None
    address: str = ""
    in_reply_to: str = ""
    references: str = ""

    @property
    def why_not(self) -> str:
        """The hindrance in words; empty where there is none."""
        return str(HINDRANCES[self.hindrance]) if self.hindrance else ""


def reply_route(ticket: Ticket, *, at: datetime) -> Route:
    """The address that the customer wrote from last, else the requester's primary e-mail, else the customer's; through
    the mailbox that they wrote to, else one of the queue, else the default. One query where no mailbox sends; four
    else."""
    reader = ticket.requester or ticket.customer
    if ticket.channel in NOT_BY_MAIL:
        return Route(reader, "channel")
    mailboxes = list(sending_mailboxes())
    if not mailboxes:
        return Route(reader, "mailbox")
    said = list(_mail_of(ticket).order_by("-at", "-pk")[:REFERENCES])
    theirs = next((row for row in said if not row.is_ours), None) or _mail_of(ticket).filter(is_ours=False).last()
    mailbox = mailbox_for(ticket.queue_id, mailboxes, wrote_to=theirs.mailbox_id if theirs else None)
    if mailbox is None:
        return Route(reader, "mailbox")
    address, owner = (theirs.address, reader) if theirs and theirs.address else _address_of(ticket)
    if not address:
        return Route(reader, "address", mailbox)
    if is_ours(address, mailboxes):
        return Route(owner, "ours", mailbox)
    if not may_contact(customer=owner, purpose=ConsentPurpose.SERVICE, channel=ConsentChannel.EMAIL, at=at):
        return Route(owner, "refused", mailbox)
    answered = theirs or (said[0] if said else None)
    chain = [row.value for row in reversed(said)]
    return Route(owner, "", mailbox, address, answered.value if answered else "", " ".join(chain))


def sending_mailboxes() -> "QuerySet[Mailbox]":
    """The mailboxes that send, the default ones first. Nobody has many."""
    return Mailbox.objects.filter(is_active=True).exclude(send_host="").order_by("-is_default", "name")


def mailbox_for(queue_id: int, mailboxes: Iterable[Mailbox], *, wrote_to: object = None) -> Mailbox | None:
    """The mailbox of these that answers for a queue."""
    of_queue = [row for row in mailboxes if row.queue_id == queue_id]
    others = [row for row in mailboxes if row.is_default]
    return next((row for row in mailboxes if row.pk == wrote_to), None) or next(iter([*of_queue, *others]), None)


def is_ours(address: str, mailboxes: Iterable[Mailbox]) -> bool:
    """Whether an address is that of a mailbox, with or without a part behind a plus."""
    name, _at, domain = normalise_email(address).rpartition("@")
    plain = f"{name.partition('+')[0]}@{domain}"
    return any(normalise_email(row.address) in (plain, f"{name}@{domain}") for row in mailboxes)


def _mail_of(ticket: Ticket) -> "QuerySet[MailId]":
    return MailId.objects.filter(message__ticket=ticket)


def _address_of(ticket: Ticket) -> tuple[str, Customer]:
    parties = [ticket.requester, ticket.customer] if ticket.requester else [ticket.customer]
    of_them = Q(customer__in=[party.pk for party in parties], kind=ContactKind.EMAIL)
    points = list(ContactPoint.objects.filter(of_them).order_by("-is_primary", "created_at", "id"))
    for party in parties:
        for point in points:
            if point.customer_id == party.pk:
                return point.value, party
    return "", parties[0]
