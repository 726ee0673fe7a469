"""Which ticket a mail belongs to: by a signed reply address, else by what it answers; never by its subject."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from services.choices import Direction
from services.mail.parsed import Address, ParsedMail
from services.models import MailId, Message, Ticket
from services.operations.mail_sender import customers_at
from services.operations.note_mail_id import digest_of
from services.operations.receive_message import where_it_goes
from services.operations.reply_addresses import ticket_of_address

MOST_LOOKED_UP = 50


@dataclass(frozen=True, slots=True)
class Thread:
    """The ticket that a mail goes into (None: a new one). `related`: the one that it names, but may not go into:
    whoever knows the id of a mail is not let into a conversation by that. `is_stranger`: it is from an address that
    none of the ticket's parties has."""

    ticket: Ticket | None = None
    related: Ticket | None = None
    is_stranger: bool = False


def thread_of(mail: ParsedMail, author: Address | None) -> Thread:
    """Where a mail goes. A signed address lets anybody in who has it; an answer by ids only those who take part."""
    for recipient in mail.recipients:
        ticket = ticket_of_address(recipient.address)
        if ticket is not None:
            ticket = where_it_goes(ticket)
            return Thread(ticket=ticket, is_stranger=not takes_part(author, ticket))
    named = _named(mail)
    if named is None:
        return Thread()
    return Thread(ticket=named) if takes_part(author, named) else Thread(related=named)


def takes_part(author: Address | None, ticket: Ticket) -> bool:
    """Whether the address is that of the ticket's customer or requester, or of somebody who wrote to it before."""
    if author is None:
        return False
    parties = {ticket.customer_id, ticket.requester_id}
    parties |= {*Message.objects.filter(ticket=ticket, direction=Direction.INBOUND).values_list("customer", flat=True)}
    return any(customer.pk in parties for customer in customers_at(author.address))


def _named(mail: ParsedMail) -> Ticket | None:
    """The ticket of the mail that is answered: In-Reply-To, then the references, the newest first. Of ours before
    those of others: what is ours nobody else gives away as an id of theirs."""
    ids = _once([*mail.in_reply_to, *reversed(mail.references)])[:MOST_LOOKED_UP]
    digests = [digest_of(each) for each in ids]
    rows = MailId.objects.filter(Q(digest__in=digests)).select_related("ticket", "message__ticket")
    known = {row.digest: row for row in rows}
    row = next((known[digest] for digest in digests if digest in known), None)
    if row is None:
        return None
    return where_it_goes(row.message.ticket if row.message else row.ticket)


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
