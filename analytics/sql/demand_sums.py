"""Sums by group and week (or day) of the company's time zone: one statement for each kind of group."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, Count, Expression, F, Func, Q, QuerySet, Sum, Value, When
from django.db.models.sql.compiler import SQLCompiler

from analytics.demand.calendar import FIRST_MONDAY, Offset
from analytics.sql.profiled import IDS_AT_ONCE
from customers.choices import Direction, OrderStatus
from customers.models import Interaction, OrderLine
from services.models import Ticket

_FETCHED_AT_ONCE = 10_000
_SECONDS_A_DAY = 86_400
# From the first Monday to 1970.
_SHIFT = -(FIRST_MONDAY.toordinal() - datetime(1970, 1, 1).toordinal()) * _SECONDS_A_DAY


class Sold(NamedTuple):
    """What was ordered of a group in a step. `paid` and `reference`: sums over the lines that have a list price."""

    group: int
    step: int
    quantity: float
    paid: float
    reference: float


class Counted(NamedTuple):
    """How many rows of a group (0: of all) a step has."""

    group: int
    step: int
    number: int


class UnixTime(Func):
    """A moment as whole seconds since 1970."""

    arity = 1
    output_field = BigIntegerField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Any:
        """Text, in UTC."""
        return self.as_sql(compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)")

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Any:
        """Exact, whatever the zone of the session."""
        return self.as_sql(compiler, connection, template="FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::bigint")

    def as_mysql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Any:
        """A moment without a zone, in UTC."""
        return self.as_sql(
            compiler, connection, template="TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', %(expressions)s)"
        )


class Step(Func):
    """Which step of so many days local seconds since the first Monday lie in.

    SQL, because MariaDB knows time zones only where somebody has loaded them: the few changes of the offset are worked
    out in Python and given as a CASE, and the database divides. Grouped there, three years of lines of a thousand
    products come back as their weeks alone."""

    output_field = BigIntegerField()

    def __init__(self, moment: str, zone: Sequence[Offset], days: int) -> None:
        *changes, last = zone
        shift: Expression | Value = Value(last.seconds + _SHIFT)
        if changes:
            whens = [When(Q(**{f"{moment}__lt": at}), then=Value(s + _SHIFT)) for at, s in changes]
            shift = Case(*whens, default=Value(last.seconds + _SHIFT), output_field=BigIntegerField())
        super().__init__(UnixTime(moment) + shift)
        self.seconds = days * _SECONDS_A_DAY

    def as_sql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Any:  # type: ignore[override]
        """Whole numbers divide to whole numbers; MariaDB has a word of its own for it. The divisor stands in the text,
        since a parameter would make the grouped and the shown expression differ."""
        divide = "DIV" if connection.vendor == "mysql" else "/"
        return super().as_sql(compiler, connection, template=f"((%(expressions)s) {divide} {self.seconds})")


def lines_of_demand(*, since: datetime, until: datetime) -> "QuerySet[OrderLine]":
    """The order lines that are demand: of orders that were not cancelled, of a quantity above 0."""
    lines = OrderLine.objects.filter(order__ordered_at__gte=since, order__ordered_at__lt=until, quantity__gt=0)
    return lines.exclude(order__status=OrderStatus.CANCELLED).order_by()


def most_ordered_products(*, since: datetime, until: datetime, most: int) -> list[int]:
    """The products on sale with the most order lines in a time."""
    lines = lines_of_demand(since=since, until=until).filter(product__is_active=True)
    counted = lines.values("product_id").annotate(number=Count("pk")).order_by("-number", "product_id")
    return [row["product_id"] for row in counted[:most]]


def sold_by_product(
    products: Sequence[int], *, since: datetime, until: datetime, zone: Sequence[Offset], days: int
) -> Iterator[Sold]:
    """Sums of these products."""
    for start in range(0, len(products), IDS_AT_ONCE):
        some = products[start : start + IDS_AT_ONCE]
        lines = lines_of_demand(since=since, until=until).filter(product_id__in=some)
        yield from _sold(lines, "product_id", zone, days)


def sold_by_category(
    *, since: datetime, until: datetime, zone: Sequence[Offset], days: int, customers: Any = None
) -> Iterator[Sold]:
    """Sums of every category; of some customers (a queryset), or of all."""
    lines = lines_of_demand(since=since, until=until).exclude(product__category=None)
    if customers is not None:
        lines = lines.filter(order__customer__in=customers.order_by().values("pk"))
    yield from _sold(lines, "product__category_id", zone, days)


def tickets_by_queue(*, since: datetime, until: datetime, zone: Sequence[Offset], days: int) -> Iterator[Counted]:
    """How many tickets were opened in each queue."""
    tickets = Ticket.objects.filter(created_at__gte=since, created_at__lt=until).order_by()
    counted = tickets.annotate(step=Step("created_at", zone, days)).values("queue_id", "step")
    for row in counted.annotate(number=Count("pk")).iterator(_FETCHED_AT_ONCE):
        yield Counted(row["queue_id"], row["step"], row["number"])


def enquiries(*, since: datetime, until: datetime, zone: Sequence[Offset], days: int) -> Iterator[Counted]:
    """How many tickets were opened, and how often customers called or wrote otherwise."""
    tickets = Ticket.objects.filter(created_at__gte=since, created_at__lt=until).order_by()
    heard = Interaction.objects.filter(at__gte=since, at__lt=until, direction=Direction.INBOUND).order_by()
    for rows, moment in ((tickets, "created_at"), (heard, "at")):
        counted: Any = rows.annotate(step=Step(moment, zone, days)).values("step").annotate(number=Count("pk"))
        for row in counted.iterator(_FETCHED_AT_ONCE):
            yield Counted(0, row["step"], row["number"])


def _sold(lines: "QuerySet[OrderLine]", group: str, zone: Sequence[Offset], days: int) -> Iterator[Sold]:
    priced = Q(list_price__gt=0, unit_price__gt=0)
    sums = (
        lines.annotate(step=Step("order__ordered_at", zone, days))
        .values(group, "step")
        .annotate(
            sold=Sum("quantity"),
            paid=Sum(F("quantity") * F("unit_price"), filter=priced),
            reference=Sum(F("quantity") * F("list_price"), filter=priced),
        )
    )
    for row in sums.iterator(_FETCHED_AT_ONCE):
        yield Sold(row[group], row["step"], float(row["sold"]), float(row["paid"] or 0), float(row["reference"] or 0))
