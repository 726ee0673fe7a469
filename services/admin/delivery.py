"""What became of a reply that went out by mail or into a chat, in words; and where the next one would go."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.choices import LeaseState
from services.choices import DeliveryStatus
from services.models import ChatLine, Message, OutboundMail, Ticket
from services.operations.mail_problems import problem_in_words
from services.operations.reply_route import reply_route

TONES = {DeliveryStatus.SENT: "good", DeliveryStatus.FAILED: "bad", DeliveryStatus.QUEUED: ""}
ICONS = {
    DeliveryStatus.SENT: "mark_email_read",
    DeliveryStatus.FAILED: "unsubscribe",
    DeliveryStatus.QUEUED: "schedule_send",
}

NOT_READ = ("mail__body", "mail__subject", "mail__references")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A line below a message. `again`: the mail that may be sent again."""

    icon: str
    label: str
    detail: str
    tone: str
    again: UUID | None


def delivery_of(message: Message) -> Delivery | None:
    """Of a message with its mail, read along; None where it was not sent by us."""
    status = DeliveryStatus(message.delivery_status)
    if status == DeliveryStatus.NONE:
        return None
    try:
        mail = message.mail
    except ObjectDoesNotExist:
        mail = None
    if mail is None and getattr(message, "in_chat", False) and status != DeliveryStatus.FAILED:
        return _in_chat(status, by_mail=message.mailed is not None)  # type: ignore[attr-defined]
    label = _("Came back") if mail is not None and mail.bounced_at else str(status.label)
    again = mail.pk if mail is not None and mail.state == LeaseState.FAILED else None
    return Delivery(ICONS[status], label, detail_of(mail) if mail else "", TONES[status], again)


def _in_chat(status: DeliveryStatus, *, by_mail: bool) -> Delivery:
    """Of a message that stands in a chat, or went with others in the mail that tells what was not read there."""
    if by_mail:
        label = _("Sent by mail with what came after it") if status == DeliveryStatus.SENT else str(status.label)
        return Delivery(ICONS[status], label, "", TONES[status], None)
    if status == DeliveryStatus.SENT:
        return Delivery("done_all", _("Read in the chat"), "", "good", None)
    return Delivery("schedule", _("Not read in the chat yet"), "", "", None)


def detail_of(mail: OutboundMail) -> str:
    """Why it did not arrive, or not yet; and when it is tried again."""
    why = problem_in_words(mail.problem or (mail.mailbox.send_error if mail.state == LeaseState.TODO else ""))
    if mail.state == LeaseState.TODO and mail.attempts:
        when = date_format(localtime(mail.due_at), "SHORT_DATETIME_FORMAT")
        return _("%(why)s Next try: %(when)s.") % {"why": why, "when": when}
    return why


def with_mail(messages: Any) -> Any:
    """Messages with what `delivery_of` asks of each."""
    lines = ChatLine.objects.filter(message=OuterRef("pk"), client_key=None)
    rows = messages.select_related("author__agent", "customer", "mail__mailbox").defer(*NOT_READ)
    return rows.annotate(
        in_chat=Exists(lines), mailed=Subquery(lines.exclude(mail=None).order_by("pk").values("mail")[:1])
    )


def route_hint(ticket: Ticket, *, at: datetime) -> dict[str, Any]:
    """What the reply box says: where an answer goes, or why none leaves by mail."""
    route = reply_route(ticket, at=at)
    if route.hindrance == "channel":
        return {}
    if route.hindrance:
        return {"route_why_not": route.why_not}
    return {"route_to": route.address, "route_through": str(route.mailbox)}
