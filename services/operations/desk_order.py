"""The orders of a list on the desk, and a page of it from a place on: by key, so that the last page costs as much as
the first."""

from datetime import datetime
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _

from services.choices import UNSOLVED
from services.models import Ticket

NEWEST, OLDEST, DUE, PRIORITY = "newest", "oldest", "due", "priority"
ORDERS = {
    NEWEST: _("Newest first"),
    OLDEST: _("Oldest first"),
    DUE: _("Due first"),
    PRIORITY: _("Most urgent first"),
}
# The promises that still run, by when they are due or were missed; as clock_faces.pressing reads them.
_FIRST = Case(When(first_replied_at=None, then=Coalesce("first_reply_breached_at", "first_reply_due_at")))
_NEXT = F("next_reply_due_at")
_SOLUTION = Coalesce("resolution_breached_at", "resolution_due_at")
# The earliest of them. Each place holds one of the others where its own is empty, because SQLite and MariaDB call the
# least of anything and nothing nothing.
DUE_AT = Case(
    When(
        status__in=UNSOLVED,
        then=Least(
            Coalesce(_FIRST, _NEXT, _SOLUTION), Coalesce(_NEXT, _SOLUTION, _FIRST), Coalesce(_SOLUTION, _FIRST, _NEXT)
        ),
    )
)
Page = tuple[list[Ticket], str]


def page_of(tickets: QuerySet[Any], *, order: str, after: str = "", size: int) -> Page:
    """So many tickets in this order after a place, and the place to go on from: empty at the end. A place that is
    none, or an order that is none, begins at the beginning."""
    ordered = _ordered(tickets, order)
    place = _place(order, after)
    if place is not None:
        ordered = ordered.filter(_beyond(order, *place))
    rows = ordered.rows_between(0, size + 1)
    return rows[:size], _place_of(order, rows[size - 1]) if len(rows) > size else ""


def _ordered(tickets: QuerySet[Any], order: str) -> Any:
    if order == DUE:
        return tickets.annotate(due_at=DUE_AT).order_by(F("due_at").asc(nulls_last=True), "pk")
    return tickets.order_by(*{OLDEST: ("pk",), PRIORITY: ("-priority", "pk")}.get(order, ("-pk",)))


def _beyond(order: str, value: Any, pk: int) -> Q:
    if order == DUE:
        if value is None:
            return Q(due_at=None, pk__gt=pk)
        return Q(due_at__gt=value) | Q(due_at=value, pk__gt=pk) | Q(due_at=None)
    if order == PRIORITY:
        return Q(priority__lt=value) | Q(priority=value, pk__gt=pk)
    return Q(pk__gt=pk) if order == OLDEST else Q(pk__lt=pk)


def _place_of(order: str, ticket: Any) -> str:
    value = {DUE: lambda: ticket.due_at and ticket.due_at.isoformat(), PRIORITY: lambda: ticket.priority}.get(order)
    return f"{(value() if value else '') or ''}~{ticket.pk}"


def _place(order: str, text: str) -> tuple[Any, int] | None:
    said, _tilde, key = text.rpartition("~")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    try:
        if order == DUE and said:
            moment = datetime.fromisoformat(said)
            return (moment, int(key)) if moment.tzinfo else None
        return (int(said) if order == PRIORITY else None), int(key)
    except ValueError:
        return None
