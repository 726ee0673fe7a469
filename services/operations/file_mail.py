import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import override

from customers.choices import LeaseState
from services.choices import Channel, MailOutcome
from services.mail.parse import parse_mail
from services.mail.parsed import Address, MailKind, ParsedMail
from services.models import InboundMail, MailId, Message, OutboundMail, Ticket
from services.operations.acknowledge_ticket import acknowledge_ticket
from services.operations.file_bounce import file_bounce
from services.operations.link_related import link_related
from services.operations.mail_files import sort_files
from services.operations.mail_loops import is_looping, tell_of_loop
from services.operations.mail_sender import author_of, ensure_author, index_of
from services.operations.mail_texts_in import body_of, subject_of
from services.operations.mail_thread import Thread, thread_of
from services.operations.note_mail_id import digest_of
from services.operations.open_ticket import open_ticket
from services.operations.put_mail_beside import put_mail_beside
from services.operations.receive_automatic import receive_automatic
from services.operations.receive_message import receive_message
from services.operations.reply_addresses import house_id
from services.operations.store_mail import raw_of

# A person said: file it, whatever the rules for what is ignored say.
BY_HAND = "by_hand"


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a mail."""

    outcome: MailOutcome
    reason: str = ""
    ticket: Ticket | None = None
    message: Message | None = None
    outbound: OutboundMail | None = None
    error: str = ""


def file_mail(*, mail: InboundMail, at: datetime) -> InboundMail:
    """Make of a stored mail what it is: a message of the ticket that it answers, a new ticket, the news that a mail of
    ours came back; or nothing, with the reason. To be called under the mail's lease; all of it is one transaction.

    Raises LeaseLost; whatever else it raises, nothing was filed and the mail is still there."""
    parsed = parse_mail(raw_of(mail))
    with transaction.atomic(), override(mail.mailbox.language or settings.LANGUAGE_CODE):
        author = author_of(parsed)
        mail.sender = author.address if author else None
        mail.sender_index = index_of(author.address) if author else ""
        mail.subject = parsed.subject
        filed = _ignored(mail, parsed) or _bounce(mail, parsed, at) or _said(mail, parsed, author)
        mark_filed(mail, filed, at)
    return mail


def mark_filed(mail: InboundMail, filed: Filed, at: datetime) -> None:
    """Write down what became of it, under its lease. Raises LeaseLost."""
    mail.write_if_mine(
        state=LeaseState.DONE,
        lease_until=None,
        outcome=filed.outcome,
        reason=filed.reason,
        error=filed.error,
        filed_at=at,
        ticket=filed.ticket,
        message=filed.message,
        outbound=filed.outbound,
    )
    mail.save(update_fields=["sender", "sender_index", "subject"])


def _ignored(mail: InboundMail, parsed: ParsedMail) -> Filed | None:
    first = _claim_identity(mail, parsed)
    if first is not None:
        return Filed(MailOutcome.IGNORED, "duplicate", first.ticket, first.message)
    if mail.reason == BY_HAND:
        return None
    is_ours = parsed.candid == house_id() or (
        bool(parsed.message_id) and MailId.objects.filter(digest=digest_of(parsed.message_id), is_ours=True).exists()
    )
    return Filed(MailOutcome.IGNORED, "own") if is_ours else None


def _claim_identity(mail: InboundMail, parsed: ParsedMail) -> InboundMail | None:
    """The mail that is the same as this one and was filed before, as where one was sent to two of our mailboxes; None
    where this is the first. Equal Message-IDs alone do not make two mails the same: programs give some twice, and
    whoever knows one must not keep the mail of another away by it."""
    parts = [parsed.message_id, parsed.sender.address if parsed.sender else "", parsed.subject, str(parsed.sent_at)]
    told = "\0".join([*parts, parsed.text, parsed.folded, parsed.html, *(file.name for file in parsed.files)])
    has_name = bool(parsed.message_id) and parsed.is_whole
    identity = hashlib.sha256(told.encode()).hexdigest() if has_name else None
    try:
        with transaction.atomic():
            InboundMail.objects.filter(pk=mail.pk).update(identity=identity)
    except IntegrityError:
        return InboundMail.objects.select_related("ticket", "message").get(identity=identity)
    mail.identity = identity
    return None


def _bounce(mail: InboundMail, parsed: ParsedMail, at: datetime) -> Filed | None:
    if parsed.kind != MailKind.BOUNCE or parsed.bounce is None:
        return None
    outbound = file_bounce(bounce=parsed.bounce, at=at)
    if outbound is None:
        return None if mail.reason == BY_HAND else Filed(MailOutcome.IGNORED, "bounce")
    message = outbound.message
    reason = "" if parsed.bounce.is_final else "delayed"
    return Filed(MailOutcome.BOUNCE, reason, message.ticket if message else None, outbound=outbound)


def _said(mail: InboundMail, parsed: ParsedMail, author: Address | None) -> Filed:
    thread = thread_of(parsed, author)
    if mail.reason != BY_HAND:
        if parsed.kind == MailKind.AUTO_REPLY and thread.ticket is None:
            return Filed(MailOutcome.IGNORED, "auto_reply", thread.related)
        if author is None and parsed.sender is not None:
            return Filed(MailOutcome.IGNORED, "own")
        if is_looping(mail, thread.ticket):
            tell_of_loop(mail, thread.ticket)
            return Filed(MailOutcome.IGNORED, "too_many", thread.ticket)
    if thread.ticket is not None:
        return _into(thread.ticket, thread, mail, parsed, author)
    return _as_new(thread, mail, parsed, author)


def _into(ticket: Ticket, thread: Thread, mail: InboundMail, parsed: ParsedMail, author: Address | None) -> Filed:
    at = mail.received_at
    among = [key for key in (ticket.requester_id, ticket.customer_id) if key]
    customer = ensure_author(author=author, team=ticket.team, at=at, among=among)
    kept, refused = sort_files(parsed.files)
    body = body_of(parsed, refused, is_cut=mail.is_cut)
    if _is_automatic(parsed, thread):
        message = receive_automatic(ticket=ticket, body=body, at=at, customer=customer)
    else:
        message = receive_message(ticket=ticket, body=body, by=None, at=at, customer=customer)
    put_mail_beside(
        message=message, mail=mail, parsed=parsed, author=author, files=kept, is_stranger=thread.is_stranger
    )
    reason = "stranger" if thread.is_stranger else ""
    return Filed(MailOutcome.MESSAGE, reason, message.ticket, message)


def _as_new(thread: Thread, mail: InboundMail, parsed: ParsedMail, author: Address | None) -> Filed:
    at, queue = mail.received_at, mail.mailbox.queue
    kept, refused = sort_files(parsed.files)
    ticket = open_ticket(
        customer=ensure_author(author=author, team=queue.team, at=at),
        subject=subject_of(parsed),
        body=body_of(parsed, refused, is_cut=mail.is_cut),
        queue=queue,
        channel=Channel.EMAIL,
        by=None,
        at=at,
    )
    message = ticket.messages.get()
    put_mail_beside(message=message, mail=mail, parsed=parsed, author=author, files=kept)
    if thread.related is not None:
        link_related(ticket=ticket, to=thread.related, at=at)
    if author is not None and not parsed.wants_no_answer:
        acknowledge_ticket(ticket=ticket, at=at)
    return Filed(MailOutcome.TICKET, "related" if thread.related else "", ticket, message)


def _is_automatic(parsed: ParsedMail, thread: Thread) -> bool:
    """Whether it was written by a machine. What comes over a list is a person's where that person takes part: many
    houses have a list for their address, which marks all that goes through it."""
    if parsed.kind == MailKind.LIST:
        return thread.is_stranger
    return parsed.kind != MailKind.PERSON
