from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy, override

from customers.choices import ConsentChannel, ConsentPurpose, ContactKind
from customers.models import Consent, ContactPoint, Customer
from customers.operations.may_contact import answer, statements_in_force
from services.choices import Channel, Direction, EventKind, MailPurpose, MessageKind
from services.models import Message, RatingRequest, Ticket
from services.operations.mail_message import mail_message
from services.operations.mail_texts import language_of, mail_text, values_for_mail
from services.operations.rating_links import link_of

if TYPE_CHECKING:
    from services.operations.ticket_change import TicketChange

# A ticket that is solved again so soon is not asked about again: the first link still works, or was answered.
NOT_AGAIN_WITHIN = timedelta(days=30)
# By which channel of consent a ticket's channel is answered; all others are answered by e-mail.
ANSWERED_BY = {
    Channel.PHONE: ConsentChannel.PHONE,
    Channel.CHAT: ConsentChannel.MESSENGER,
    Channel.MESSENGER: ConsentChannel.MESSENGER,
}
# Here the customer reads the conversation itself, so that nobody has to know where to reach them.
READ_IN_PLACE = (Channel.PORTAL, Channel.CHAT, Channel.MESSENGER)
REACHED_BY = (ContactKind.EMAIL, ContactKind.PHONE, ContactKind.MESSENGER)
ANSWERS = {
    5: gettext_lazy("Very good"),
    4: gettext_lazy("Good"),
    3: gettext_lazy("Fair"),
    2: gettext_lazy("Poor"),
    1: gettext_lazy("Very poor"),
}


def ask_on_solving(change: TicketChange) -> RatingRequest | None:
    """Ask, within the change that solves a ticket: once for each solving, unless the same was asked a short while ago,
    the customer does not want it, or the question would not reach them."""
    ticket, at = change.ticket, change.recorded_at
    if not settings.RATING_DAYS:
        return None
    if ticket.rating_requests.filter(requested_at__gt=at - NOT_AGAIN_WITHIN).exists():
        return None
    asked = who_is_asked(ticket)
    if not _is_reached(ticket, asked) or refuses(ticket, asked, at=at):
        return None
    return ask(change)


def who_is_asked(ticket: Ticket) -> Customer:
    """The person who had the request, else the customer."""
    return ticket.requester or ticket.customer


def ask(change: TicketChange) -> RatingRequest:
    """Make the request, and put the question with its link into the conversation."""
    ticket, at = change.ticket, change.recorded_at
    request = RatingRequest.objects.create(
        ticket=ticket,
        customer=who_is_asked(ticket),
        requested_at=at,
        expires_at=at + timedelta(days=settings.RATING_DAYS),
    )
    subject, body = _question(request)
    message = Message.objects.create(
        ticket=ticket,
        kind=MessageKind.REPLY,
        direction=Direction.OUTBOUND,
        body=body,
        at=change.at,
        is_automatic=True,
    )
    change.record(EventKind.AUTO_REPLY, message=message.pk, rating_request=request.pk)
    mail_message(message=message, purpose=MailPurpose.RATING, at=at, subject=subject)
    return request


def _question(request: RatingRequest) -> tuple[str, str]:
    """Subject and text of what the customer reads, in their language: a line with a link for each answer."""
    language = language_of(request.customer)
    with override(language):
        links = "\n".join(f"{value} – {label}: {link_of(request, value=value)}" for value, label in ANSWERS.items())
        until = date_format(request.expires_at, "DATE_FORMAT")
    more = {"rating.links": links, "rating.until": until}
    return mail_text(MailPurpose.RATING, language=language, values=values_for_mail(request.ticket, more=more))


def _is_reached(ticket: Ticket, customer: Customer) -> bool:
    if ticket.channel in READ_IN_PLACE:
        return True
    return ContactPoint.objects.filter(customer=customer, kind__in=REACHED_BY).exists()


def refuses(ticket: Ticket, customer: Customer, *, at: datetime) -> bool:
    """Whether they said no to service messages, or to surveys, by the channel that the ticket is answered on. The
    question belongs to the service that they asked for, so that silence is no refusal."""
    channel = ANSWERED_BY.get(Channel(ticket.channel), ConsentChannel.EMAIL)
    purposes = (ConsentPurpose.SERVICE, ConsentPurpose.SURVEY)
    said = statements_in_force(Consent.objects.filter(customer=customer, purpose__in=purposes, at__lte=at))
    answers = [answer(said, purpose=purpose, channel=channel) for purpose in purposes]
    return any(one.decided_by is not None and not one.allowed for one in answers)
