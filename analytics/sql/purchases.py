from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from analytics.sql.epoch import Epoch, seconds
from analytics.sql.whose import Whose
from customers.choices import OrderStatus
from customers.models import OrderLine
from services.models import SatisfactionRating

_FETCHED_AT_ONCE = 20_000


class BoughtRow(NamedTuple):
    """One order line, as preferences read it."""

    customer_id: int
    category_id: int
    at: float  # seconds since 1970
    unit_price: float
    currency: str


class RatedRow(NamedTuple):
    """A rating of an order, once for each of its lines."""

    category_id: int
    at: float  # seconds since 1970
    scale: str
    value: int


def purchases(*, as_of: datetime, whose: Whose | None = None) -> Iterator[BoughtRow]:
    """The order lines of these customers (None: of everybody) up to a moment, less cancelled orders, in the order of
    their keys; lines of products without a category say nothing of preferences.

    One statement a chunk, and plain rows one after the other: objects of 10 million lines would take minutes to build
    and would not fit into memory.
    """
    bought = OrderLine.objects.filter(order__ordered_at__lte=as_of, product__category__isnull=False).exclude(
        order__status=OrderStatus.CANCELLED
    )
    if whose is not None:
        bought = bought.filter(whose.at("order__customer_id"))
    moment = Epoch("order__ordered_at")
    columns = ("order__customer_id", "product__category_id", moment, "unit_price", "order__currency")
    rows = bought.order_by("pk").values_list(*columns).iterator(chunk_size=_FETCHED_AT_ONCE)
    for who, what, at, price, currency in rows:
        yield BoughtRow(who, what, seconds(at), float(price), currency)


def category_ratings(*, as_of: datetime) -> Iterator[RatedRow]:
    """What was said of orders up to a moment, by category of what was ordered. One statement, for the same reason."""
    rated = SatisfactionRating.objects.filter(
        Q(replaced_by=None) | Q(replaced_by__at__gt=as_of),
        at__lte=as_of,
        order__lines__product__category__isnull=False,
    )
    columns = ("order__lines__product__category_id", Epoch("at"), "scale", "value")
    rows = rated.order_by("pk").values_list(*columns).iterator(chunk_size=_FETCHED_AT_ONCE)
    for what, at, scale, value in rows:
        yield RatedRow(what, seconds(at), scale, value)
