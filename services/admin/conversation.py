"""The story of a ticket in the order it happened: what was said, and between it what was done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models.functions import Left
from django.utils.translation import gettext as _

from services.admin.assignment_words import explanation, headline
from services.admin.delivery import Delivery, delivery_of, with_mail
from services.admin.rule_words import firing_words
from services.admin.step_words import step_words
from services.admin.tie_words import clock_name, tie_in_words
from services.choices import Channel, Direction, EventKind, MessageKind, Priority, RatingScale, TicketStatus
from services.models import Message, Ticket, TicketEvent
from services.operations.rating_links import without_links
from services.operations.solve_in_portal import CUSTOMER

ENTRIES_SHOWN = 200
# Of a mail, what the conversation does not show, and how much of what it quotes.
NOT_SHOWN = ("came_as__html", "came_as__folded", "came_as__copies", "came_as__pictures")
QUOTED_SHOWN = 5_000
# These events are the messages themselves, which stand in the conversation.
SAID = (EventKind.CUSTOMER_MESSAGE, EventKind.AGENT_REPLY, EventKind.AUTO_REPLY, EventKind.NOTE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A message (`message` set) or a grey line."""

    at: datetime
    who: str
    side: str  # theirs, ours, note; empty for a grey line
    text: str
    is_automatic: bool = False
    tone: str = ""
    place: int = 2  # among what happened at one moment: the opening, what was said, what followed
    why: tuple[str, ...] = ()  # what is told of a line only to those who ask
    message: int | None = None  # the key of what was said
    delivery: Delivery | None = None
    mail: Any = None  # of what came by mail, its MessageMail with the beginning of what it quotes (`quoted`)


def conversation(ticket: Ticket, events: list[TicketEvent]) -> tuple[list[Entry], bool]:
    """The newest entries of the story, oldest first, and whether there are earlier ones. One query."""
    rows = with_mail(ticket.messages).select_related("came_as").defer(*NOT_SHOWN)
    rows = rows.annotate(quoted=Left("came_as__folded", QUOTED_SHOWN)).order_by("-at", "-id")
    messages: list[Message] = [*rows[: ENTRIES_SHOWN + 1]][::-1]
    entries = sorted([*_lines(events, messages), *map(_said, messages)], key=lambda entry: (entry.at, entry.place))
    return entries[-ENTRIES_SHOWN:], len(entries) > ENTRIES_SHOWN


def lines_since(events: list[TicketEvent], last_seen: int) -> list[Entry]:
    """What happened after the event with this key, also what was said, each as a line."""
    return [line for event, line in _told(events) if event.pk > last_seen]


def _said(message: Message) -> Entry:
    if message.kind == MessageKind.NOTE:
        side = "note"
    else:
        side = "theirs" if message.direction == Direction.INBOUND else "ours"
    sent = delivery_of(message)
    if message.is_automatic and message.author is None and side != "theirs":
        who, text = _("Service desk"), without_links(message.body)
        return Entry(message.at, who, side, text, is_automatic=True, place=1, delivery=sent)
    who = message.customer.name if message.customer else _name(message.author)
    return Entry(
        message.at,
        who,
        side,
        message.body,
        message.is_automatic,
        place=1,
        message=message.pk,
        delivery=sent,
        mail=_mail_of(message),
    )


def _mail_of(message: Message) -> Any:
    mail = getattr(message, "came_as", None)
    if mail is not None:
        mail.quoted = getattr(message, "quoted", "")
    return mail


def _lines(events: list[TicketEvent], messages: list[Message]) -> list[Entry]:
    """Grey lines. A reply that another system only told the time of has no message, so it is a line as well."""
    moments = {message.at for message in messages}
    return [line for event, line in _told(events) if event.kind not in SAID or event.at not in moments]


def _told(events: list[TicketEvent]) -> list[tuple[TicketEvent, Entry]]:
    told: list[tuple[TicketEvent, Entry]] = []
    status: str | None = None
    for event in events:
        text = _what(event)
        if status is not None and event.status_after != status:
            step = f"{_label(TicketStatus, status)} → {_label(TicketStatus, event.status_after)}"
            text = step if event.kind == EventKind.STATUS else f"{text} · {step}"
        status = event.status_after
        tone = {EventKind.BREACHED: "bad", EventKind.REOPENED: "warn"}.get(EventKind(event.kind), "")
        by_customer = _("Customer") if event.data.get("by") == CUSTOMER else ""
        who = _name(event.actor) if event.actor else by_customer
        place = 0 if event.kind == EventKind.OPENED else 2
        by_rules = event.kind == EventKind.ASSIGNED and "rule" in event.data
        why = explanation(event.data) if by_rules else ()
        if event.kind == EventKind.RULE:
            why = firing_words(event.data)[1]
        told.append((event, Entry(event.at, who, "", text, tone=tone, place=place, why=why)))
    return told


def _what(event: TicketEvent) -> str:
    data: dict[str, Any] = event.data
    match event.kind:
        case EventKind.OPENED if data.get("channel"):
            return _("Opened · %(channel)s") % {"channel": _label(Channel, data["channel"])}
        case EventKind.ASSIGNED if "rule" in data:
            return headline(data)
        case EventKind.ASSIGNED if event.actor and data.get("name") == _name(event.actor):
            return _("Taken")
        case EventKind.ASSIGNED if data.get("name"):
            return _("Assigned to %(agent)s") % {"agent": data["name"]}
        case EventKind.ASSIGNED if "to" in data:
            return _("Assigned to nobody")
        case EventKind.PRIORITY if "new" in data:
            return _("Priority: %(old)s → %(new)s") % {
                "old": _label(Priority, data.get("old")),
                "new": _label(Priority, data["new"]),
            }
        case EventKind.RATED if "value" in data:
            return _("Rated %(value)s (%(scale)s)") % {
                "value": data["value"],
                "scale": _label(RatingScale, data.get("scale")),
            }
        case EventKind.RULE if "rule_name" in data:
            return firing_words(data)[0]
        case EventKind.BREACHED:
            return _("Target missed: %(clock)s") % {"clock": clock_name(data.get("clock"))}
        case EventKind.WARNED | EventKind.ESCALATED if "step" in data:
            return step_words(data)
    return tie_in_words(event.kind, data) or str(event.get_kind_display())


def _label(choices: Any, value: Any) -> str:
    """The label of a choice; a value that is none, as another system may have, as it is."""
    return str(dict(choices.choices).get(value, value))


def _name(user: Any) -> str:
    if user is None:
        return _("Somebody who left")
    agent = getattr(user, "agent", None)
    return str(agent.name if agent else user.get_full_name() or user.get_username())
