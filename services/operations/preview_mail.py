"""How a mail would read to the customer of a ticket: nothing is sent or written."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override

from customers.models import User
from services.choices import Direction, MailPurpose, MessageKind
from services.models import Ticket
from services.operations.ask_on_solving import ANSWERS
from services.operations.compose_mail import inner_html
from services.operations.macro_text import name_of_agent, put_in
from services.operations.mail_texts import EVENTS, values_for_mail
from services.operations.reply_route import reply_route, sending_mailboxes


@dataclass(frozen=True, slots=True)
class Preview:
    """Subject, text, and the text as HTML."""

    subject: str
    body: str
    html: SafeString


def preview_mail(
    *, event: MailPurpose, language: str, subject: str, body: str, ticket: Ticket, by: User, at: datetime
) -> Preview:
    """The subject and text of a template, empty ones as they come, with what this ticket has. Placeholders that are
    not known stay as they are written, so that they are seen."""
    with override(language):
        subject = subject or str(EVENTS[event].subject)
        body = body or str(EVENTS[event].body)
        values = _values(ticket, by, at)
    text = put_in(body, values)
    return Preview(put_in(subject, values), text, inner_html(text))


def _values(ticket: Ticket, by: User, at: datetime) -> dict[str, str]:
    mailbox = reply_route(ticket, at=at).mailbox or sending_mailboxes().first()
    said = ticket.messages.filter(kind=MessageKind.REPLY, direction=Direction.OUTBOUND, is_automatic=False)
    last = said.order_by("-at", "-id").values_list("body", flat=True).first()
    day = date_format(at + timedelta(days=14), "DATE_FORMAT")
    more = {
        "message.text": last or gettext("(what the agent writes)"),
        "rating.links": "\n".join(f"{value} – {label}: https://…" for value, label in ANSWERS.items()),
        "rating.until": day,
        "link": "https://…",
        "link.until": day,
        "user.name": name_of_agent(by),
        "day": date_format(at, "DATE_FORMAT"),
        "report.name": gettext("(name of the report)"),
    }
    return values_for_mail(ticket, by=by, mailbox=mailbox, more=more)
