"""How mail reads: by the template that staff wrote for its event and language, else by words of our own."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_supported_language_variant, gettext, gettext_lazy, override

from customers.models import Customer, User
from services.choices import MailPurpose
from services.models import Mailbox, MailTemplate, Ticket
from services.operations.macro_text import PLACEHOLDERS, put_in, values_of

_OF_TICKET = {name: words for name, words in PLACEHOLDERS.items() if name != "agent.name"}
_MAILBOX = {"mailbox.name": gettext_lazy("the sender name of the mailbox")}
_TEXT = gettext_lazy("the text itself: without it nothing is told")


@dataclass(frozen=True, slots=True)
class MailEvent:
    """What a kind of mail reads like: its placeholders in words, those that a text must have, and our own words."""

    known: Mapping[str, object]
    required: tuple[str, ...]
    subject: object
    body: object


def _question() -> str:
    return gettext(
        "How do you rate our help with “%(subject)s” (%(number)s)? One click is enough:\n\n%(answers)s\n\n"
        "You can change your answer until %(day)s."
    ) % {
        "subject": "{ticket.subject}",
        "number": "{ticket.number}",
        "answers": "{rating.links}",
        "day": "{rating.until}",
    }


_SUBJECT = "[{ticket.number}] {ticket.subject}"
_TEXT_ALONE = "{message.text}"

EVENTS: dict[str, MailEvent] = {
    MailPurpose.REPLY: MailEvent(
        {
            **_OF_TICKET,
            "agent.name": gettext_lazy("name of the agent, as customers see it"),
            **_MAILBOX,
            "message.text": _TEXT,
        },
        ("message.text",),
        "[{ticket.number}] Re: {ticket.subject}",
        _TEXT_ALONE,
    ),
    MailPurpose.ACKNOWLEDGEMENT: MailEvent(
        {**_OF_TICKET, **_MAILBOX},
        (),
        _SUBJECT,
        gettext_lazy(
            "Hello {requester.name},\n\nthank you for your message. We have it under the number {ticket.number} and "
            "will answer as soon as we can. If you want to add something, just reply to this mail.\n\n{mailbox.name}"
        ),
    ),
    MailPurpose.RATING: MailEvent(
        {
            **_OF_TICKET,
            **_MAILBOX,
            "rating.links": gettext_lazy("a line with a link for each answer"),
            "rating.until": gettext_lazy("until when the answer can be changed"),
        },
        ("rating.links",),
        _SUBJECT,
        lazy(_question, str)(),
    ),
    MailPurpose.MAGIC_LINK: MailEvent(
        {
            "customer.name": PLACEHOLDERS["customer.name"],
            **_MAILBOX,
            "link": gettext_lazy("the link by which they log in"),
            "link.until": gettext_lazy("until when the link works"),
        },
        ("link",),
        gettext_lazy("Your log-in link"),
        gettext_lazy(
            "Hello {customer.name},\n\nwith this link you log in and see your requests:\n\n{link}\n\nIt works once, "
            "until {link.until}. If you did not ask for it, you need do nothing.\n\n{mailbox.name}"
        ),
    ),
    MailPurpose.DIGEST: MailEvent(
        {"user.name": gettext_lazy("name of the colleague"), "message.text": _TEXT, "day": gettext_lazy("the day")},
        ("message.text",),
        gettext_lazy("Who moved noticeably, {day}"),
        gettext_lazy("Hello {user.name},\n\n{message.text}"),
    ),
    MailPurpose.REPORT: MailEvent(
        {
            "user.name": gettext_lazy("name of the colleague"),
            "report.name": gettext_lazy("name of the dashboard or the report"),
            "message.text": _TEXT,
            "day": gettext_lazy("the day"),
        },
        ("message.text",),
        gettext_lazy("{report.name}, {day}"),
        gettext_lazy("Hello {user.name},\n\n{message.text}"),
    ),
    MailPurpose.NOTICE: MailEvent(
        {"message.text": _TEXT, **_MAILBOX}, ("message.text",), gettext_lazy("Notice"), _TEXT_ALONE
    ),
}


def mail_text(event: MailPurpose, *, language: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Subject and text of a mail of this kind in a language, with the values put in."""
    own = template_of(event, language)
    with override(language):
        subject, body = str(EVENTS[event].subject), str(EVENTS[event].body)
    if own is not None:
        subject, body = own.subject or subject, own.body
    return put_in(subject, values), put_in(body, values)


def template_of(event: MailPurpose, language: str) -> MailTemplate | None:
    """The active template that staff wrote for it, if there is one."""
    return MailTemplate.objects.filter(event=event, language=language, is_active=True).first()


def language_of(customer: Customer, *, otherwise: str = "") -> str:
    """The language of ours that a customer reads: theirs, where we speak it, or another, or that of the house."""
    try:
        return get_supported_language_variant(customer.language.lower() or otherwise or settings.LANGUAGE_CODE)
    except LookupError:
        return otherwise or settings.LANGUAGE_CODE


def values_for_mail(
    ticket: Ticket, *, more: Mapping[str, str], by: User | None = None, mailbox: Mailbox | None = None
) -> dict[str, str]:
    """What is put in for a ticket; `more`: what the event alone knows."""
    sender = (mailbox.sender_name or mailbox.name) if mailbox else ""
    return {**values_of(ticket, by), "mailbox.name": sender, **more}
