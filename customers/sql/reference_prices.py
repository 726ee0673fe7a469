"""The price that an order is compared with: the list price, else the category's median over ninety days.

A median over a moving window cannot be said in SQL that SQLite, PostgreSQL and MariaDB share, and a query an order
would read the same ninety days again and again. So the rows are read once, in the order of time, and the windows
move along in memory: a sorted list for each category and currency.
"""

from bisect import bisect_left, insort
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from statistics import median

from django.db.models import Exists, Max, Min, OuterRef, Q

from customers.choices import Factor, OrderStatus, SubjectType
from customers.models import Observation, Order, OrderLine

WINDOW = timedelta(days=90)
ORDERS_AT_ONCE = 1000

Market = tuple[int, str]
"""Category and currency: prices are compared within one only."""


@dataclass(frozen=True, slots=True)
class PricedOrder:
    """What was paid for the lines that have a reference price, and those references; both in the order's currency."""

    order_id: int
    customer_id: int
    ordered_at: datetime
    paid: float
    reference: float


@dataclass(frozen=True, slots=True)
class _Line:
    category_id: int | None
    quantity: Decimal
    unit_price: Decimal
    list_price: Decimal | None


@dataclass(frozen=True, slots=True)
class _Order:
    pk: int
    customer_id: int
    ordered_at: datetime
    currency: str
    lines: list[_Line]


class MovingMedians:
    """The median unit price of each category and currency over the ninety days that end with the newest price."""

    def __init__(self) -> None:
        self._window: dict[Market, deque[tuple[datetime, float]]] = defaultdict(deque)
        self._sorted: dict[Market, list[float]] = defaultdict(list)

    def add(self, market: Market, at: datetime, price: float) -> None:
        """Take one line's unit price in; `at` never goes back."""
        window, prices = self._window[market], self._sorted[market]
        window.append((at, price))
        insort(prices, price)
        while window[0][0] < at - WINDOW:
            del prices[bisect_left(prices, window.popleft()[1])]

    def median(self, market: Market) -> float | None:
        """The median of the window; None for a category that sold nothing."""
        prices = self._sorted[market]
        if not prices:
            return None
        middle = len(prices) // 2
        return prices[middle] if len(prices) % 2 else (prices[middle - 1] + prices[middle]) / 2


def _period_without_price() -> tuple[datetime, datetime] | None:
    """The first and the last order that counts, has a line to compare and has no price fact; None: there is none."""
    fact = Observation.objects.filter(
        factor=Factor.PRICE, subject_type=SubjectType.ORDER, subject_id=OuterRef("order"), superseded_version=None
    )
    lines = OrderLine.objects.exclude(order__status=OrderStatus.CANCELLED).filter(
        Q(list_price__gt=0) | Q(product__category__isnull=False), ~Exists(fact), quantity__gt=0
    )
    period = lines.aggregate(first=Min("order__ordered_at"), last=Max("order__ordered_at"))
    return (period["first"], period["last"]) if period["first"] else None


def prices_of_orders_without_one() -> Iterator[list[PricedOrder]]:
    """Price the orders that have no price fact yet, a list for each thousand orders read, in the order of time.

    The reference of an order reads the orders up to and including it (by time, then by key), never a later one."""
    period = _period_without_price()
    if period is None:
        return
    medians = MovingMedians()
    for orders in _pages(period[0] - WINDOW, period[1]):
        told = _priced_already(order.pk for order in orders)
        priced = []
        for order in orders:
            _take_in(medians, order)
            if order.pk not in told and (price := _price(medians.median, order)):
                priced.append(price)
        yield priced


def _priced_already(order_ids: Iterable[int]) -> set[int]:
    # A list of keys, not EXISTS in the page's query: PostgreSQL, which knows nothing of tables that were just
    # filled, takes 8 seconds a page for that.
    facts = Observation.objects.filter(
        factor=Factor.PRICE, subject_type=SubjectType.ORDER, subject_id__in=list(order_ids), superseded_version=None
    )
    return set(facts.values_list("subject_id", flat=True))


def _take_in(medians: MovingMedians, order: _Order) -> None:
    for line in order.lines:
        if line.category_id is not None and line.quantity > 0:
            medians.add((line.category_id, order.currency), order.ordered_at, float(line.unit_price))


def price_of(order: Order) -> PricedOrder | None:
    """Price one order by itself, as the import does: one query for the lines, one for the windows of its categories."""
    lines = _lines([order.pk]).get(order.pk, [])
    categories = {line.category_id for line in lines if not line.list_price and line.category_id is not None}
    prices: dict[int, list[float]] = defaultdict(list)
    if categories:
        earlier = Q(order__ordered_at__lt=order.ordered_at) | Q(order__ordered_at=order.ordered_at, order__lte=order.pk)
        sold = OrderLine.objects.exclude(order__status=OrderStatus.CANCELLED).filter(
            earlier,
            order__ordered_at__gte=order.ordered_at - WINDOW,
            order__currency=order.currency,
            product__category__in=categories,
            quantity__gt=0,
        )
        for category, unit_price in sold.values_list("product__category_id", "unit_price"):
            prices[category or 0].append(float(unit_price))
    medians = {(category, order.currency): median(found) for category, found in prices.items()}
    return _price(medians.get, _Order(order.pk, order.customer_id, order.ordered_at, order.currency, lines))


def _price(median_of: Callable[[Market], float | None], order: _Order) -> PricedOrder | None:
    paid = reference = 0.0
    for line in order.lines:
        if line.quantity <= 0:
            continue
        unit = float(line.list_price) if line.list_price else None
        if unit is None and line.category_id is not None:
            unit = median_of((line.category_id, order.currency))
        if unit:
            paid += float(line.unit_price * line.quantity)
            reference += unit * float(line.quantity)
    if not reference:
        return None
    return PricedOrder(order.pk, order.customer_id, order.ordered_at, paid, reference)


def _pages(since: datetime, until: datetime) -> Iterator[list[_Order]]:
    """All orders that count, from `since` to `until`, page by page with their lines: two queries a page."""
    rows = (
        Order.objects.exclude(status=OrderStatus.CANCELLED)
        .filter(ordered_at__lte=until)
        .order_by("ordered_at", "pk")
        .values_list("pk", "customer_id", "ordered_at", "currency")
    )
    after = Q(ordered_at__gte=since)
    while page := list(rows.filter(after)[:ORDERS_AT_ONCE]):
        lines = _lines(row[0] for row in page)
        yield [_Order(*row, lines.get(row[0], [])) for row in page]
        last_id, _, last_at, _ = page[-1]
        after = Q(ordered_at__gt=last_at) | Q(ordered_at=last_at, pk__gt=last_id)


def _lines(order_ids: Iterable[int]) -> dict[int, list[_Line]]:
    rows = (
        OrderLine.objects.filter(order__in=list(order_ids))
        .order_by("order_id", "pk")
        .values_list("order_id", "product__category_id", "quantity", "unit_price", "list_price")
    )
    return {pk: [_Line(*row[1:]) for row in group] for pk, group in groupby(rows, key=itemgetter(0))}
