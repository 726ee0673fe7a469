"""The open ticket: head, conversation, what is being written, and who else is there."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.admin.clock_faces import clock_faces
from services.admin.conversation import Entry, conversation, lines_since
from services.admin.delivery import route_hint
from services.admin.desk.chats import chat_hint, chats_of, visitor_said
from services.admin.desk.clocks import standing, ticking
from services.admin.ticket_forms import agents_for
from services.admin.ticket_verbs import erased_party, may_take, moves_of
from services.choices import MessageKind, PresenceMode, Priority, TicketStatus
from services.models import Attachment, Draft, Presence, Ticket, TicketEvent
from services.operations.file_types import PICTURES, TYPES
from services.operations.sla_terms import terms_of
from services.operations.ticket_change import FINAL
from services.transitions import TRANSITIONS

# Pictures beyond this size are not loaded into the page.
LARGEST_THUMBNAIL = 4 * 1024**2
# Send, and what the ticket is after it: in short, since the buttons stand in a row, and in full. The empty one leaves
# it as it is; a new one opens.
SEND_AND = [
    ("", gettext_lazy("Send"), gettext_lazy("Send")),
    (TicketStatus.PENDING, gettext_lazy("and wait"), gettext_lazy("Send and wait for customer")),
    (TicketStatus.ON_HOLD, gettext_lazy("and hold"), gettext_lazy("Send and put on hold")),
    (TicketStatus.SOLVED, gettext_lazy("and solve"), gettext_lazy("Send and solve")),
]


@dataclass
class Typed:
    """What was typed and refused: kept, with the reason and what happened meanwhile."""

    refusal: str = ""
    news: list[Entry] = field(default_factory=list)
    kind: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """An entry of the conversation with its files."""

    entry: Entry
    files: list[Attachment]


def ticket_column(
    request: HttpRequest, ticket: Ticket, *, at: datetime, typed: Typed | None = None, seen: int | None = None
) -> dict[str, Any]:
    """Everything that the column shows of a ticket in sight. `seen`: the last event that the browser has shown; what
    came after it is news."""
    user: Any = request.user
    typed = typed or Typed()
    events = list(ticket.events.select_related("actor__agent"))
    terms = terms_of(ticket)
    entries, has_earlier = conversation(ticket, events)
    files = _files(ticket, user)
    is_final, erased = ticket.status in FINAL, erased_party(ticket)
    chats = chats_of(ticket.pk, ticket.channel)
    return {
        "ticket": ticket,
        "now": at,
        "version": ticket.version,
        "seen_event": max((event.pk for event in events), default=0),
        "token": token_of(ticket, events),
        "clocks": [ticking(face, ticket) for face in clock_faces(ticket, events, terms, at=at)],
        "standing": standing(ticket, terms.hours, at=at),
        "entries": [Said(entry, files[entry.message]) if entry.message else Said(entry, []) for entry in entries],
        "has_earlier": has_earlier,
        "is_final": is_final,
        "erased": erased,
        "moves": [move for move in moves_of(ticket) if move.to != TicketStatus.CLOSED],
        "can_take": may_take(ticket, user),
        "priorities": Priority.choices if ticket.is_unsolved else [],
        "agents": [] if is_final else list(agents_for(ticket, user)),
        "send_and": [row for row in SEND_AND if not row[0] or row[0] in TRANSITIONS[ticket.status]],
        "boxes": [] if is_final or erased else _boxes(ticket, user, files[None], typed),
        "accepted": ",".join(f".{end}" for end in TYPES),
        "refusal": typed.refusal,
        "news": typed.news or (lines_since(events, seen) if seen is not None else []),
        "here": visitor_said(chats, at=at) + here(ticket.pk, user, at=at),
        "chat_hint": chat_hint(ticket, chats, at=at),
        "may_send_again": True,
        **({} if is_final else route_hint(ticket, at=at)),
    }


def token_of(ticket: Ticket, events: list[TicketEvent]) -> str:
    """What changes when the ticket does."""
    return f"{ticket.version}.{max((event.pk for event in events), default=0)}"


def here(ticket: int, user: Any, *, at: datetime) -> list[str]:
    """Who else has the ticket open, in sentences. One query."""
    others = Presence.objects.here(at=at).filter(ticket=ticket).exclude(user=user)
    return [presence_said(other) for other in others.select_related("user__agent").order_by("user__username")]


def presence_said(presence: Presence) -> str:
    """“Ann is typing”, “Ann is looking at this”."""
    agent = getattr(presence.user, "agent", None)
    name = agent.name if agent else presence.user.get_full_name() or presence.user.get_username()
    if presence.mode == PresenceMode.TYPING:
        return _("%(name)s is typing …") % {"name": name}
    return _("%(name)s is looking at this") % {"name": name}


def is_thumbnail(attachment: Attachment) -> bool:
    """Whether the file may be shown within the page: a picture of pixels, checked when it came, and not huge."""
    return attachment.content_type in PICTURES and attachment.size <= LARGEST_THUMBNAIL


def _files(ticket: Ticket, user: Any) -> dict[int | None, list[Attachment]]:
    """The files of each message; under None those that wait beside what this user is writing. One query."""
    files: dict[int | None, list[Attachment]] = defaultdict(list)
    for attachment in ticket.attachments.all():
        if attachment.message_id or attachment.uploaded_by_id == user.pk:
            attachment.is_thumbnail = is_thumbnail(attachment)  # type: ignore[attr-defined]
            files[attachment.message_id].append(attachment)
    return files


def _boxes(ticket: Ticket, user: Any, waiting: list[Attachment], typed: Typed) -> list[dict[str, Any]]:
    """The box of the reply and that of the note: each with its own draft and its own files."""
    drafts = {draft.kind: draft for draft in Draft.objects.filter(ticket=ticket, user=user)}
    newest = max(drafts.values(), key=lambda draft: draft.updated_at, default=None)
    opened = typed.kind or (newest.kind if newest else MessageKind.REPLY)
    return [
        {
            "kind": kind.value,
            "is_open": kind == opened,
            "body": typed.body if typed.kind == kind else drafts[kind].body if kind in drafts else "",
            "saved_at": drafts[kind].updated_at if kind in drafts else None,
            "files": [attachment for attachment in waiting if attachment.kind == kind],
        }
        for kind in MessageKind
    ]
