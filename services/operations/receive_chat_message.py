from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from customers.models import Customer
from customers.operations.create_customer import create_customer
from services.choices import Channel
from services.mail.parsed import Address, MailFile
from services.models import ChatLine, ChatSession, Message
from services.operations.chat_bell import ring_after_commit
from services.operations.file_types import FileRefused
from services.operations.mail_files import keep_files, sort_files
from services.operations.mail_sender import ensure_author
from services.operations.open_ticket import open_ticket
from services.operations.receive_from_messenger import subject_of
from services.operations.receive_message import receive_message
from services.operations.tell_of_chat import tell_of_chat


class ChatIsOver(Exception):
    """The visitor ended the chat, or it was forgotten. Nothing was written."""


def receive_chat_message(
    *, session: ChatSession, client_key: UUID, text: str, at: datetime, files: Sequence[MailFile] = ()
) -> ChatLine:
    """Take in what a visitor said. The first message opens the chat's ticket; later ones go into it as answers of a
    customer do, so that it opens again, or is followed up. The same `client_key` again is what is on record already.

    Raises ChatIsOver; FileRefused where one of the files is not taken: then nothing was written."""
    _kept, refused = sort_files(files)
    if refused:
        raise FileRefused(" ".join(refused))
    body = text.strip() or _("Files: %(names)s") % {"names": ", ".join(file.name for file in files)}
    while True:
        known = _known(session, client_key)
        if known is not None:
            return known
        try:
            line = _take_in(session, client_key, body, files, at)
        except IntegrityError:  # the same was taken in just now, and nothing of this
            if _known(session, client_key) is None:
                raise
            continue
        if line is not None:
            return line


def _known(session: ChatSession, client_key: UUID) -> ChatLine | None:
    lines = ChatLine.objects.select_related("message__ticket")
    return lines.filter(session=session, client_key=client_key).first()


@transaction.atomic
def _take_in(
    session: ChatSession, client_key: UUID, body: str, files: Sequence[MailFile], at: datetime
) -> ChatLine | None:
    """One try; None where the chat got its ticket while this waited for the lock: that ticket must be locked before
    the chat's row, as everybody does it."""
    now = ChatSession.objects.select_related("widget__queue__team", "ticket", "customer").filter(pk=session.pk).first()
    if now is None or now.ended_at is not None:
        raise ChatIsOver
    if now.ticket is None:
        locked = ChatSession.objects.select_for_update().get(pk=now.pk)
        if locked.ticket_id is not None:
            return None
        message = _open(now, body, at)
    else:
        message = receive_message(ticket=now.ticket, body=body, customer=now.customer, by=None, at=at)
    keep_files(message=message, files=files, at=at)
    line = ChatLine.objects.create(session=now, message=message, client_key=client_key)
    whose = message.customer_id or message.ticket.customer_id
    ChatSession.objects.filter(pk=now.pk).update(
        ticket=message.ticket_id, customer=now.customer_id or whose, heard_at=at, typing_at=None
    )
    ring_after_commit(now.key)
    return line


def _open(session: ChatSession, body: str, at: datetime) -> Message:
    queue = session.widget.queue
    ticket = open_ticket(
        customer=session.customer or _customer(session, at),
        subject=subject_of(body),
        body=body,
        queue=queue,
        channel=Channel.CHAT,
        by=None,
        at=at,
    )
    tell_of_chat(ticket=ticket, at=at)
    return ticket.messages.get()


def _customer(session: ChatSession, at: datetime) -> Customer:
    """Whom the address belongs to; without one somebody new, so that no two strangers share a conversation."""
    team = session.widget.queue.team
    if session.email:
        return ensure_author(author=Address(session.name or "", session.email), team=team, at=at)
    with override(settings.LANGUAGE_CODE):
        name = session.name or _("Chat visitor")
    return create_customer(name=name, team=team, language=session.language, at=at)
