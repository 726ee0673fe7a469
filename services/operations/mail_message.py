from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, override

from customers.models import User
from services.choices import Direction, MailPurpose, MessageKind
from services.models import Mailbox, Message, OutboundMail, Ticket
from services.operations.macro_text import name_of_agent
from services.operations.mail_texts import language_of, mail_text, values_for_mail
from services.operations.portal_links import portal_link
from services.operations.queue_mail import queue_mail
from services.operations.reply_route import reply_route

# Of what is quoted. More stands in their own mailbox.
MOST_LINES, MOST_LETTERS = 60, 6_000


def mail_message(
    *, message: Message, purpose: MailPurpose, at: datetime, by: User | None = None, subject: str = ""
) -> OutboundMail | None:
    """Have a public message of ours go out by mail, where mail reaches the customer (`reply_route` says why not, if it
    does not); within the change that says it. A reply is put into its template; what comes by itself reads as it
    stands in the conversation, under `subject`. Internal notes never leave."""
    if message.kind != MessageKind.REPLY or message.direction != Direction.OUTBOUND:
        return None
    ticket = message.ticket
    route = reply_route(ticket, at=at)
    mailbox = route.mailbox
    if route.hindrance or mailbox is None:
        return None
    body = message.body
    if purpose == MailPurpose.REPLY:
        language = language_of(route.customer, otherwise=mailbox.language)
        values = values_for_mail(ticket, by=by, mailbox=mailbox, more={"message.text": message.body})
        subject, body = mail_text(purpose, language=language, values=values)
        body += _where_it_stands(ticket, language) + _quoted(message, mailbox, language)
    return queue_mail(
        key=f"message:{message.pk}",
        mailbox=mailbox,
        purpose=purpose,
        recipient=route.address,
        subject=subject or f"[{ticket.number}] {ticket.subject}",
        body=body,
        at=at,
        customer=route.customer,
        message=message,
        is_automatic=message.is_automatic,
        sender_name=sender_of(mailbox, by),
        in_reply_to=route.in_reply_to,
        references=route.references,
    )


def sender_of(mailbox: Mailbox, by: User | None) -> str:
    """What stands before the address in From."""
    company = mailbox.sender_name or mailbox.name
    return f"{name_of_agent(by)} ({company})" if by is not None and mailbox.names_agent else company


def _where_it_stands(ticket: Ticket, language: str) -> str:
    """A line with the address of the ticket in the portal, for whoever wrote by a form or there."""
    link = portal_link(ticket)
    if not link:
        return ""
    with override(language):
        return "\n\n" + gettext("Read and answer online: %(link)s") % {"link": link}


def _quoted(message: Message, mailbox: Mailbox, language: str) -> str:
    """What the reply answers, with a > before each line; nothing where the mailbox does not quote."""
    if not mailbox.quotes:
        return ""
    theirs = message.ticket.messages.filter(direction=Direction.INBOUND, kind=MessageKind.REPLY, at__lte=message.at)
    last = theirs.select_related("customer").order_by("-at", "-id").first()
    if last is None or not last.body.strip():
        return ""
    lines = last.body.strip()[:MOST_LETTERS].splitlines()[:MOST_LINES]
    with override(language):
        head = gettext("%(name)s wrote on %(at)s:") % {
            "name": last.customer.name if last.customer else message.ticket.customer.name,
            "at": date_format(localtime(last.at), "DATETIME_FORMAT"),
        }
    return "\n\n" + "\n".join([head, *(f"> {line}" for line in lines)])
