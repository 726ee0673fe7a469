from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from customers.choices import ConsentChannel, ConsentPurpose
from customers.operations.lock_customers import lock_customers
from customers.operations.may_contact import may_contact
from services.choices import DeliveryStatus, MailPurpose
from services.models import ChatLine, ChatSession, Mailbox, OutboundMail
from services.operations.mail_message import sender_of
from services.operations.mail_texts import language_of, mail_text, values_for_mail
from services.operations.queue_mail import queue_mail
from services.operations.reply_route import is_ours, mailbox_for, sending_mailboxes
from services.operations.ticket_facts import counts_for

# Of whom nothing was heard for so long, nobody waits in the chat.
GONE_AFTER = timedelta(minutes=5)
# What could not be mailed for so long, as without a mailbox, is not mailed out of the blue.
NOT_AFTER = timedelta(days=3)
AT_ONCE = 100


def mail_unseen_chat(*, at: datetime) -> int:
    """Mail to visitors who left, and gave an address, what was said to them since and they have not read: all of it in
    one mail, once. Returns how many mails there are. What they answer to it comes into the ticket."""
    mailboxes = list(sending_mailboxes())
    if not mailboxes:
        return 0
    has_left = Q(session__heard_at__lt=at - GONE_AFTER) | Q(session__ended_at__lt=at - GONE_AFTER)
    lines = _unseen(at).filter(has_left, session__email__isnull=False, session__ticket__isnull=False)
    keys = sorted(set(lines.values_list("session", flat=True)))[:AT_ONCE]
    return sum(_mail(pk, mailboxes, at) is not None for pk in keys)


def _unseen(at: datetime) -> Any:
    """Lines of ours that wait to be read, and went by no mail."""
    ours = ChatLine.objects.filter(client_key=None, mail=None, message__mail=None, pk__gt=F("session__seen_line"))
    return ours.filter(message__delivery_status=DeliveryStatus.QUEUED, message__at__gt=at - NOT_AFTER)


@transaction.atomic
def _mail(pk: int, mailboxes: Sequence[Mailbox], at: datetime) -> OutboundMail | None:
    """One visitor's: under the lock of their chat, behind that of the customers, so that two beats send one mail."""
    session = ChatSession.objects.select_related("ticket__customer", "ticket__requester").filter(pk=pk).first()
    if session is None or session.ticket is None:
        return None
    ticket = session.ticket
    lock_customers(customer_ids=counts_for(ticket))
    list(ChatSession.objects.select_for_update().filter(pk=pk))
    lines = list(_unseen(at).filter(session=pk).select_related("message__author__agent").order_by("pk"))
    mailbox = mailbox_for(ticket.queue_id, mailboxes)
    reader = ticket.requester or ticket.customer
    if not lines or mailbox is None or not session.email or is_ours(session.email, mailboxes):
        return None
    if not may_contact(customer=reader, purpose=ConsentPurpose.SERVICE, channel=ConsentChannel.EMAIL, at=at):
        return None
    last = lines[-1].message
    text = "\n\n".join(line.message.body for line in lines)
    language = language_of(reader, otherwise=session.language or mailbox.language)
    values = values_for_mail(ticket, by=last.author, mailbox=mailbox, more={"message.text": text})
    subject, body = mail_text(MailPurpose.REPLY, language=language, values=values)
    mail = queue_mail(
        key=f"{OutboundMail.OF_CHAT}{last.pk}:{pk}",
        mailbox=mailbox,
        purpose=MailPurpose.REPLY,
        recipient=session.email,
        subject=subject,
        body=body,
        at=at,
        customer=reader,
        message=last,
        is_automatic=last.is_automatic,
        sender_name=sender_of(mailbox, last.author),
    )
    ChatLine.objects.filter(pk__in=[line.pk for line in lines]).update(mail=mail)
    return mail
