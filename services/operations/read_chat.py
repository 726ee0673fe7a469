"""What a visitor may read: the public lines of their chat, and how it stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch

from services.choices import Direction, PresenceMode, TicketStatus
from services.models import Attachment, ChatLine, ChatSession, Presence, RatingRequest
from services.operations.answer_rating_request import RatingRequestIsOver, require_open

MOST_LINES = 100
# An agent who types says so anew every twenty seconds.
TYPES_FOR = timedelta(seconds=25)
SOLVED = (TicketStatus.SOLVED, TicketStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class ChatState:
    """How a chat stands. `agent_types` and `agent_read` are of the agent; `may_rate`: the question that is open, if
    there is one."""

    number: str
    is_ended: bool
    agent_types: bool
    agent_read: datetime | None
    may_rate: RatingRequest | None


def lines_after(session: ChatSession, after: int, *, most: int = MOST_LINES) -> list[ChatLine]:
    """The next lines of a chat, oldest first, with their files. Two queries; one where there is nothing new."""
    files = Prefetch("message__attachments", Attachment.objects.order_by("pk"), to_attr="shown_files")
    rows = session.lines.filter(pk__gt=after).select_related("message__author__agent").prefetch_related(files)
    return list(rows.order_by("pk")[:most])


def state_of(session: ChatSession, *, at: datetime) -> ChatState:
    """How the chat stands now. Two queries, one more while its ticket is solved."""
    now = ChatSession.objects.select_related("ticket").filter(pk=session.pk).first()
    if now is None:  # forgotten just now
        return ChatState("", is_ended=True, agent_types=False, agent_read=None, may_rate=None)
    ticket = now.ticket
    if ticket is None:
        return ChatState("", now.ended_at is not None, agent_types=False, agent_read=None, may_rate=None)
    typing = Presence.objects.filter(ticket=ticket, mode=PresenceMode.TYPING, seen_at__gte=at - TYPES_FOR)
    rating = rating_request_of(now, at=at) if ticket.status in SOLVED else None
    return ChatState(ticket.number, now.ended_at is not None, typing.exists(), now.agent_seen_at, rating)


def rating_request_of(session: ChatSession, *, at: datetime) -> RatingRequest | None:
    """The question for a rating that the visitor may answer now."""
    asked = RatingRequest.objects.select_related("ticket", "customer", "rating").filter(ticket=session.ticket_id)
    request = asked.order_by("-pk").first()
    try:
        if request is not None:
            require_open(request, at=at)
    except RatingRequestIsOver:
        return None
    return request


def is_theirs(line: ChatLine) -> bool:
    """Whether the visitor said it."""
    return line.message.direction == Direction.INBOUND
