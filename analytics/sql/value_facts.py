"""What relationship value is computed from: orders that count, tickets, ended relations to us. As columns, since ten
million orders as rows take longer to fetch than all is computed in."""

from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from analytics.sql.arrays import MOMENT, Array, fetch_columns
from analytics.sql.whose import Whose
from customers.choices import OrderStatus
from customers.models import Order, Relation
from services.models import Ticket

# What was called off or sent back brought nothing in.
NOT_COUNTED = (OrderStatus.CANCELLED, OrderStatus.RETURNED)
_OF = {"merged_into": None, "restricted_at": None, "profiling_objected_at": None, "erased_at": None}


def counted(orders: Any) -> Any:
    """Orders that count: neither cancelled nor returned."""
    return orders.exclude(status__in=NOT_COUNTED)


def order_columns(*, whose: Whose, until: datetime, every: int = 1) -> dict[str, Array]:
    """who, at, value and currency of the orders of these customers, or of every n-th of them by key, that count."""
    rows = counted(_some(Order.objects.filter(whose.at("customer_id"), ordered_at__lte=until), "customer", every))
    types: dict[str, Any] = {"who": "i8", "at": MOMENT, "value": "f8", "currency": "S3"}
    return fetch_columns(rows.values_list("customer_id", "ordered_at", "total", "currency"), types)


def ticket_columns(*, whose: Whose, since: datetime, until: datetime, every: int = 1) -> dict[str, Array]:
    """who and at of the tickets that were opened after `since` and up to `until` about these customers."""
    rows = Ticket.objects.filter(whose.at("customer_id"), created_at__gt=since, created_at__lte=until)
    found = _some(rows, "customer", every).values_list("customer_id", "created_at")
    return fetch_columns(found, {"who": "i8", "at": MOMENT})


def contracts_ended(*, whose: Whose, after: date, until: date) -> set[int]:
    """Those of these customers whose relation to us ended after a day and up to another, and who have no other left."""
    with_us = Relation.objects.filter(whose.at("from_customer_id"), to_customer=None, type__is_with_us=True)
    ended = set(with_us.filter(until__gt=after, until__lte=until).values_list("from_customer_id", flat=True))
    if not ended:
        return ended
    left = with_us.filter(Q(until=None) | Q(until__gt=until), Q(since=None) | Q(since__lte=until))
    return ended - set(left.values_list("from_customer_id", flat=True))


def _some(rows: "QuerySet[Any]", customer: str, every: int) -> "QuerySet[Any]":
    rows = rows.filter(**{f"{customer}__{name}": value for name, value in _OF.items()})
    return rows if every == 1 else rows.alias(turn=F(f"{customer}_id") % every).filter(turn=0)
