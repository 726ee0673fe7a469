"""What importers hand to the operations of the service desk: plain rows, each named by (source, source_id)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.choices import Channel, Direction, MessageKind, Priority, RatingScale


@dataclass(frozen=True, slots=True)
class EventRecord:
    kind: str  # EventKind
    at: datetime
    status_after: str  # TicketStatus
    actor: str = ""  # username
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageRecord:
    body: str
    at: datetime
    kind: str = MessageKind.REPLY
    direction: str = Direction.INBOUND
    author: str = ""  # username
    is_automatic: bool = False


@dataclass(frozen=True, slots=True)
class TicketRecord:
    """A ticket with its whole history. Its status is the last event's; its clocks are computed from the events."""

    source_id: str
    number: str
    customer_id: str  # source_id of a customer
    subject: str
    created_at: datetime
    queue: str  # by name; made when missing
    requester_id: str = ""
    channel: str = Channel.WEB
    priority: int = Priority.NORMAL
    service_type: str = ""  # code; made when missing
    assignee: str = ""  # username of an agent
    attributes: dict[str, Any] = field(default_factory=dict)
    events: tuple[EventRecord, ...] = ()
    messages: tuple[MessageRecord, ...] = ()
    # Whether the service desk's own SLA policies apply. If not, only BREACHED events tell of missed targets.
    has_policy: bool = True


@dataclass(frozen=True, slots=True)
class RatingRecord:
    source_id: str
    customer_id: str  # source_id of a customer
    value: int
    at: datetime
    scale: str = RatingScale.CSAT
    comment: str = ""
    ticket_id: str = ""  # source_id of a ticket, or
    order_id: str = ""  # source_id of an order


@dataclass(frozen=True, slots=True)
class TicketMessageRecord:
    """One thing that was said about a ticket, where its source tells of it apart from the ticket."""

    ticket_id: str  # source_id of a ticket
    body: str
    at: datetime
    kind: str = MessageKind.REPLY
    direction: str = Direction.OUTBOUND

    @property
    def source_id(self) -> str:
        """What names it in a report: a message has no id of its own."""
        return f"{self.ticket_id} {self.at.isoformat()}"
