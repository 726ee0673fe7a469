from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from analytics.sql.epoch import Epoch, seconds
from analytics.sql.whose import Whose
from customers.choices import OrderStatus
from customers.models import OrderLine
from services.models import SatisfactionRating

_FETCHED_AT_ONCE = 20_000


class BoughtRow(NamedTuple):
    """One order line, as preferences read it."""

    customer_id: int
    category_id: int  # 0: the product has none
    at: float  # seconds since 1970
    unit_price: float
    currency: str
    product_id: int


class RatedRow(NamedTuple):
    """A rating of an order, once for each of its lines."""

    category_id: int  # 0: the product has none
    at: float  # seconds since 1970
    scale: str
    value: int
    product_id: int


class HeldRow(NamedTuple):
    """A product that a customer bought: when last, and the sum and number of what they paid in one currency."""

    customer_id: int
    product_id: int
    at: float  # seconds since 1970
    paid: float
    times_paid: int


def purchases(*, as_of: datetime, whose: Whose | None = None) -> Iterator[BoughtRow]:
    """The order lines of these customers (None: of everybody) up to a moment, less cancelled orders, in the order of
    their keys.

    One statement a chunk, and plain rows one after the other: objects of 10 million lines would take minutes to build
    and would not fit into memory.
    """
    bought = _bought(as_of)
    if whose is not None:
        bought = bought.filter(whose.at("order__customer_id"))
    moment = Epoch("order__ordered_at")
    columns = ("order__customer_id", "product__category_id", moment, "unit_price", "order__currency", "product_id")
    rows = bought.order_by("pk").values_list(*columns).iterator(chunk_size=_FETCHED_AT_ONCE)
    for who, what, at, price, currency, product in rows:
        yield BoughtRow(who, what or 0, seconds(at), float(price), currency, product)


def held_products(*, as_of: datetime, currency: str, every: int = 1) -> Iterator[HeldRow]:
    """What everybody bought up to a moment, or every n-th customer by key, once for each customer and product.

    Summed by the database: of 10 million lines it sends those that say something new, as plain rows."""
    paid = Q(order__currency=currency, unit_price__gt=0)
    bought = _bought(as_of)
    if every > 1:
        bought = bought.alias(turn=F("order__customer_id") % every).filter(turn=0)
    rows = (
        bought.order_by()
        .values("order__customer_id", "product_id")
        .annotate(
            newest=Epoch(Max("order__ordered_at")),
            paid=Sum("unit_price", filter=paid),
            times_paid=Count("unit_price", filter=paid),
        )
        .values_list("order__customer_id", "product_id", "newest", "paid", "times_paid")
    )
    for who, what, at, sum_paid, times_paid in rows.iterator(chunk_size=_FETCHED_AT_ONCE):
        yield HeldRow(who, what, seconds(at), float(sum_paid or 0), times_paid)


def _bought(as_of: datetime) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order__ordered_at__lte=as_of).exclude(order__status=OrderStatus.CANCELLED)


def order_ratings(*, as_of: datetime) -> Iterator[RatedRow]:
    """What was said of orders up to a moment, by what was ordered. One statement, for the same reason."""
    rated = SatisfactionRating.objects.filter(
        Q(replaced_by=None) | Q(replaced_by__at__gt=as_of),
        at__lte=as_of,
        order__lines__isnull=False,
    )
    columns = (
        "order__lines__product__category_id",
        Epoch("at"),
        "scale",
        "value",
        "order__lines__product_id",
    )
    rows = rated.order_by("pk").values_list(*columns).iterator(chunk_size=_FETCHED_AT_ONCE)
    for what, at, scale, value, product in rows:
        yield RatedRow(what or 0, seconds(at), scale, value, product)
