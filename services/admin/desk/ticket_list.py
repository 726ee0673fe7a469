"""The list of a view: what an agent must know of each ticket to choose the next one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max, Min, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.timesince import timesince

from services.admin.desk.clocks import TickingClock, pressing_clock
from services.admin.desk.views import View, searched, tickets_of
from services.choices import Direction, MessageKind, TicketStatus
from services.models import Message, Notification, Ticket
from services.operations.desk_order import page_of

PAGE = 30
BEFORE_EVERYTHING = datetime(1900, 1, 1, tzinfo=UTC)
AT_WORK = (TicketStatus.NEW, TicketStatus.OPEN)


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of the list. `waits_since`: the customer's first word that nobody has answered."""

    ticket: Ticket
    clock: TickingClock
    waits_since: datetime | None
    waits: str
    is_unread: bool


@dataclass(frozen=True, slots=True)
class TicketList:
    """A page of a view, and the place where the next one begins."""

    view: View
    rows: list[Row]
    more: str
    query: str


def ticket_list(request: HttpRequest, view: View, *, at: datetime, after: str = "", query: str = "") -> TicketList:
    """A page of the view; with a query, of what it finds among all tickets in sight. Three queries."""
    user: Any = request.user
    found: QuerySet[Any] = (
        searched(Ticket.objects.visible_to(user), query, request) if query else tickets_of(view, request)
    )
    order = "" if query else view.order
    tickets, more = page_of(found.select_related("customer", "assignee"), order=order, after=after, size=PAGE)
    keys = [ticket.pk for ticket in tickets]
    waits = _waits_since(keys) if keys else {}
    unread = set(Notification.objects.filter(user=user, read_at=None, ticket__in=keys).values_list("ticket", flat=True))
    rows = [_row(ticket, waits.get(ticket.pk), ticket.pk in unread, at=at) for ticket in tickets]
    return TicketList(view, rows, more, query)


def _row(ticket: Ticket, since: datetime | None, is_unread: bool, *, at: datetime) -> Row:
    since = since if ticket.status in AT_WORK else None
    return Row(ticket, pressing_clock(ticket, at=at), since, timesince(since, at, depth=1) if since else "", is_unread)


def _waits_since(keys: list[int]) -> dict[int, datetime | None]:
    """Since when the customers of these tickets wait for an answer. One query."""
    said = Message.objects.filter(ticket=OuterRef("pk"), kind=MessageKind.REPLY, is_automatic=False)
    answered = said.filter(direction=Direction.OUTBOUND).order_by().values("ticket").annotate(at_last=Max("at"))
    asked = (
        said.filter(direction=Direction.INBOUND, at__gt=OuterRef("answered"))
        .order_by()
        .values("ticket")
        .annotate(at_first=Min("at"))
    )
    rows = Ticket.objects.filter(pk__in=keys).annotate(
        answered=Coalesce(Subquery(answered.values("at_last")), BEFORE_EVERYTHING),
        waits=Subquery(asked.values("at_first")),
    )
    return dict(rows.order_by().values_list("pk", "waits"))
