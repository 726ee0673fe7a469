"""What conditions read of tickets beyond their own columns: for many tickets at once, each when first asked."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from customers.models import Customer, Segment
from customers.operations.source import chunks
from customers.segments.condition import segment_customers
from customers.segments.definition import SegmentInvalid
from services.choices import Direction, MessageKind
from services.models import Message, Queue, SatisfactionRating, Ticket, TicketEvent
from services.operations.sla_terms import hours_of
from services.sla.business_time import BusinessHours

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a ticket that assignment rules, policies and rules ask for: of one that is not opened yet, or as
    they were at some time."""

    queue_id: int | None
    service_type_id: int | None
    priority: int
    channel: str = ""
    status: str = ""
    assignee_id: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What conditions are asked about: a ticket with its columns at a moment, and the event that led to the question.
    Without `ticket` only columns and parties may be asked for."""

    columns: Columns | Ticket
    parties: frozenset[int]
    at: datetime
    ticket: Ticket | None = None
    event: TicketEvent | None = None


def subject_of(ticket: Ticket, *, at: datetime, event: TicketEvent | None = None) -> Subject:
    """A ticket as it stands."""
    return Subject(ticket, parties_of(ticket), at, ticket, event)


def parties_of(ticket: Ticket) -> frozenset[int]:
    """Its customer and its requester."""
    return frozenset(pk for pk in (ticket.customer_id, ticket.requester_id) if pk is not None)


class Known:
    """Facts about the tickets of one batch. Each is one query for all of them, by portions."""

    def __init__(
        self,
        *,
        at: datetime,
        customer_ids: Collection[int] = (),
        tickets: Iterable[Ticket] = (),
        events: Iterable[TicketEvent] = (),
        segments: Iterable[Segment] = (),
    ) -> None:
        self.at = at
        self._tickets = {ticket.pk: ticket for ticket in tickets}
        self._events = list(events)
        self._customers = {*customer_ids}.union(*(parties_of(ticket) for ticket in self._tickets.values()))
        self._segments = {segment.pk: segment for segment in segments}  # those that are read already
        self._members: dict[int, frozenset[int]] = {}
        self._hours: dict[int, BusinessHours] = {}

    def members(self, segment_id: int) -> frozenset[int]:
        """Those of the customers who are in a segment, as the system sees it. A segment that is gone, or asks for what
        there is no more, has nobody in it: the ticket must be taken in all the same, and the page of the segment says
        what is wrong."""
        if segment_id not in self._members:
            segment = self._segments.get(segment_id) or Segment.objects.filter(pk=segment_id).first()
            self._members[segment_id] = self._look_up(segment, segment_id)
        return self._members[segment_id]

    def _look_up(self, segment: Segment | None, segment_id: int) -> frozenset[int]:
        if segment is None:
            return frozenset()
        try:
            members = segment_customers(segment=segment, user=None, at=self.at)
            found: set[int] = set()
            for ids in chunks(self._customers):
                found.update(members.filter(pk__in=ids).values_list("pk", flat=True))
            return frozenset(found)
        except SegmentInvalid:
            logger.warning("segment %s cannot be asked: what is for it matches nobody", segment_id)
            return frozenset()

    @cached_property
    def tags(self) -> dict[int, set[int]]:
        """The tags of each customer."""
        found: dict[int, set[int]] = defaultdict(set)
        through = Customer.tags.through.objects
        for ids in chunks(self._customers):
            for customer, tag in through.filter(customer__in=ids).values_list("customer_id", "tag_id"):
                found[customer].add(tag)
        return found

    @cached_property
    def customers(self) -> dict[int, tuple[str, str]]:
        """Kind and language of each customer."""
        found: dict[int, tuple[str, str]] = {}
        for ids in chunks(self._customers):
            for pk, kind, language in Customer.objects.filter(pk__in=ids).values_list("pk", "kind", "language"):
                found[pk] = kind, language
        return found

    @cached_property
    def bodies(self) -> dict[int, str]:
        """The texts of the messages that the events tell of, by the key of the message."""
        keys = [event.data["message"] for event in self._events if isinstance(event.data.get("message"), int)]
        found: dict[int, str] = {}
        for ids in chunks(keys):
            found.update(Message.objects.filter(pk__in=ids).values_list("pk", "body"))
        return found

    @cached_property
    def inbound(self) -> dict[int, list[tuple[datetime, str]]]:
        """What customers wrote in each ticket, in order."""
        found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
        said = Message.objects.filter(direction=Direction.INBOUND).order_by("at", "pk")
        for ids in chunks(self._tickets):
            for ticket, at, body in said.filter(ticket__in=ids).values_list("ticket_id", "at", "body"):
                found[ticket].append((at, body))
        return found

    @cached_property
    def last_said(self) -> dict[int, list[tuple[datetime, str]]]:
        """When public messages went which way in each ticket, in order; automatic ones are none."""
        found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
        said = Message.objects.filter(kind=MessageKind.REPLY, is_automatic=False).order_by("at", "pk")
        for ids in chunks(self._tickets):
            for ticket, at, direction in said.filter(ticket__in=ids).values_list("ticket_id", "at", "direction"):
                found[ticket].append((at, direction))
        return found

    @cached_property
    def ratings(self) -> dict[int, tuple[int, str]]:
        """Value and scale of the newest rating of each ticket."""
        rows = SatisfactionRating.objects.filter(replaced_by=None).order_by("at", "pk")
        found: dict[int, tuple[int, str]] = {}
        for ids in chunks(self._tickets):
            for ticket, value, scale in rows.filter(ticket__in=ids).values_list("ticket_id", "value", "scale"):
                found[ticket] = value, scale
        return found

    def hours(self, queue_id: int) -> BusinessHours:
        """The business hours of a queue."""
        if queue_id not in self._hours:
            queue = Queue.objects.select_related("calendar").get(pk=queue_id)
            self._hours[queue_id] = hours_of(queue.calendar)
        return self._hours[queue_id]


def newest_by(rows: list[tuple[datetime, Any]], moment: datetime) -> Any:
    """The value of the last row at or before a moment; None: there is none."""
    return next((value for at, value in reversed(rows) if at <= moment), None)
