"""Facts: what a customer bought, when, for how much, and whether it came in time. Cancelled orders do not count, unless
they are asked for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Avg, Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.choices import OrderStatus
from customers.models import Category, Order, OrderLine, Product
from customers.segments.choices import Fixed, InUse, Rows
from customers.segments.clauses import Clause
from customers.segments.facts import BOUGHT, Asked, Asking, Fact, Measure, Narrowing, Text, Words, by, register_facts
from customers.segments.measures import FIRST, NEWEST, Having, Members, Narrowed
from customers.segments.operators import CHOSEN, FactType, Op

PRODUCTS = Rows(lambda: Product.objects.order_by("name", "pk"))
CATEGORIES = Rows(lambda: Category.objects.order_by("name"))
STATUSES = Fixed(lambda: OrderStatus.choices)
CURRENCIES = InUse(Order, "currency", form=str.upper)
NEEDS = "customers.view_order"


def _orders(asking: Asking) -> QuerySet[Any]:
    return asking.rows(Order)


def _late(asking: Asking) -> QuerySet[Any]:
    """Orders that came, or should have come, after the day that was promised."""
    came_late = Q(delivered_at__gt=F("promised_at"))
    still_due = Q(delivered_at=None, promised_at__lt=asking.at)
    return asking.rows(Order).filter(came_late | still_due)


def _lines(asking: Asking) -> QuerySet[Any]:
    return asking.rows(OrderLine).exclude(order__status=OrderStatus.CANCELLED)


def _uncancelled(orders: QuerySet[Any]) -> QuerySet[Any]:
    return orders.exclude(status=OrderStatus.CANCELLED)


def _with_product(orders: QuerySet[Any], products: list[Any]) -> QuerySet[Any]:
    return orders.filter(pk__in=OrderLine.objects.filter(product__in=products).order_by().values("order_id"))


def _with_category(orders: QuerySet[Any], categories: list[Any]) -> QuerySet[Any]:
    lines = OrderLine.objects.filter(product__category__in=with_branches(categories))
    return orders.filter(pk__in=lines.order_by().values("order_id"))


def with_branches(categories: list[int]) -> list[int]:
    """These categories and all below them. One query: the catalogue of categories is small."""
    below: dict[int | None, list[int]] = {}
    for pk, parent in Category.objects.values_list("pk", "parent_id"):
        below.setdefault(parent, []).append(pk)
    found: list[int] = []
    waiting = list(categories)
    while waiting:
        pk = waiting.pop()
        if pk not in found:
            found.append(pk)
            waiting += below.get(pk, [])
    return found


OF_LINES = {"customer": "order__customer_id", "time": "order__ordered_at"}


@dataclass(frozen=True, slots=True)
class OfCategory:
    """Customers who bought something of these categories, or of one below them."""

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        categories = with_branches(asked.value if asked.op == Op.ONE_OF else [asked.value])
        branches = replace(asked, op=Op.ONE_OF, value=categories)
        return Members(_lines, "product__category", **OF_LINES).clause(fact, branches, asking)


BUYING = Words(
    phrases={
        Op.IS: _("who bought %(value)s"),
        Op.ONE_OF: _("who bought %(value)s"),
        Op.IS_NOT: _("who did not buy %(value)s"),
        Op.NONE_OF: _("who did not buy %(value)s"),
    }
)
STATUS = Narrowing("status", _("status"), STATUSES, by("status"), otherwise=_uncancelled)
PRODUCT = Narrowing("product", _("product"), PRODUCTS, _with_product)
CATEGORY = Narrowing("category", _("category"), CATEGORIES, _with_category)
CURRENCY = Narrowing("currency", _("currency"), CURRENCIES, by("currency"))
IN_ONE_CURRENCY = replace(CURRENCY, is_required=True, is_single=True)


@register_facts
def order_facts() -> Iterable[Fact]:
    """Numbers and times of orders, and what was in them."""
    return [
        _number("orders", _("orders"), _orders, ngettext_lazy("%(number)s order", "%(number)s orders", "number")),
        _number(
            "late_orders",
            _("late deliveries"),
            _late,
            ngettext_lazy("%(number)s late delivery", "%(number)s late deliveries", "number"),
        ),
        _amount("orders_total", _("total of the orders"), Sum("total"), _("a total of orders"), of_nothing=True),
        _amount("orders_average", _("average of the orders"), Avg("total"), _("an average order"), of_nothing=False),
        _time("last_ordered", _("last ordered"), Max("ordered_at"), NEWEST, _("who last ordered %(when)s")),
        _time("first_ordered", _("first ordered"), Min("ordered_at"), FIRST, _("who first ordered %(when)s")),
        _bought("product", _("bought the product"), PRODUCTS, Members(_lines, "product_id", **OF_LINES)),
        _bought("category", _("bought of the category"), CATEGORIES, OfCategory()),
        Fact(
            code="currency",
            group=BOUGHT,
            label=_("currency of an order"),
            type=FactType.CHOICE,
            measure=Members(_orders, "currency", time="ordered_at"),
            choices=CURRENCIES,
            has_period=True,
            needs=NEEDS,
        ),
    ]


def _number(code: str, label: Text, rows: Narrowed, counted: Text) -> Fact:
    return Fact(
        code=code,
        group=BOUGHT,
        label=label,
        type=FactType.NUMBER,
        measure=Having(rows, Count("*"), time="ordered_at", of_nothing=True),
        always_has_value=True,
        is_count=True,
        has_period=True,
        narrowings=(STATUS, PRODUCT, CATEGORY, CURRENCY),
        needs=NEEDS,
        words=Words(counted=counted),
    )


def _amount(code: str, label: Text, aggregate: Any, noun: Text, *, of_nothing: bool) -> Fact:
    return Fact(
        code=code,
        group=BOUGHT,
        label=label,
        type=FactType.MONEY,
        measure=Having(_orders, Round(aggregate, precision=2), time="ordered_at", of_nothing=of_nothing),
        always_has_value=of_nothing,
        has_period=True,
        narrowings=(IN_ONE_CURRENCY, STATUS, PRODUCT, CATEGORY),
        needs=NEEDS,
        words=Words(noun=noun),
    )


def _time(code: str, label: Text, aggregate: Any, settling: tuple[str, str], happened: Text) -> Fact:
    return Fact(
        code=code,
        group=BOUGHT,
        label=label,
        type=FactType.MOMENT,
        measure=Having(_orders, aggregate, time="ordered_at", extreme=("ordered_at", settling)),
        narrowings=(STATUS, PRODUCT, CATEGORY),
        needs=NEEDS,
        words=Words(happened=happened, once=_("who ordered at some time"), never=_("who never ordered")),
    )


def _bought(code: str, label: Text, choices: Rows, measure: Measure) -> Fact:
    return Fact(
        code=code,
        group=BOUGHT,
        label=label,
        type=FactType.CHOICE,
        measure=measure,
        choices=choices,
        ops=CHOSEN,
        has_period=True,
        needs=NEEDS,
        words=BUYING,
    )
