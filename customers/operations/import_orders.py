from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import Factor, OrderStatus, SubjectType
from customers.models import Observation, Order, OrderLine, Product, Team
from customers.operations.check_row import check_row
from customers.operations.import_rows import (
    ROWS_AT_ONCE,
    Tally,
    in_words,
    insert_rows,
    set_what_differs,
    update_rows,
    without_repeats,
)
from customers.operations.records import Counts, LineRecord, OrderRecord, Refused
from customers.operations.source import Changes, Report, Source, chunks, known
from customers.operations.tell_promises import tell_promises
from customers.operations.withdraw_facts import withdraw_facts

CENT = Decimal("0.01")

# What a fact reads: where one of these changes it is told anew.
PROMISE_READS = {"customer_id", "status", "promised_at", "delivered_at"}
PRICE_READS = {"customer_id", "currency", "ordered_at", "lines"}

# product, quantity, unit price, list price
Line = tuple[int, Decimal, Decimal, Decimal | None]


@transaction.atomic
def import_orders(
    *, source: Source, records: Sequence[OrderRecord], team: Team, at: datetime, report: Report
) -> Counts:
    """Bring a batch of orders in with their lines, each known by (source, source_id).

    Customers and products are those of the same source and must be here already. What was promised, and whether
    it was kept, becomes a fact at once. **Call `price_orders(at=at)` after the last batch**: it puts the price facts on
    record."""
    tally = Tally(report)
    batch = _Batch(source, without_repeats(records, tally), at)
    for record in batch.records:
        try:
            batch.sort_out(record, tally)
        except Refused as refused:
            tally.refuse(record.source_id, str(refused), record.number)
    if source.rehearsal:
        batch.rehearse(tally)
    else:
        batch.write(tally)
    return tally.counts


class _Batch:
    def __init__(self, source: Source, records: list[OrderRecord], at: datetime) -> None:
        self.source, self.records, self.at = source, records, at
        self.customers = source.customers(r.customer_id for r in records)
        self.products = source.keys(Product, (line.product_id for r in records for line in r.lines))
        self.here = source.rows(Order, (r.source_id for r in records))
        self.lines_here, self.line_rows = _lines_of(row.pk for row in self.here.values())
        self.new: list[tuple[Order, list[Line]]] = []
        self.changed: list[tuple[Order, Changes]] = []
        self.new_lines: dict[int, list[Line]] = {}

    def sort_out(self, record: OrderRecord, tally: Tally) -> None:
        """Put one record with the new, the changed or the unchanged. Raises Refused."""
        order = self.here.get(record.source_id) or Order(
            source=self.source.name, source_id=record.source_id, created_at=self.at
        )
        lines = [self._line(line) for line in record.lines]
        was_cancelled = order.status == OrderStatus.CANCELLED
        before = set_what_differs(order, self._values(record, lines))
        if before:
            check_row(order, leave_out=("customer",))
        if order._state.adding:
            self.new.append((order, lines))
            return
        said = in_words(order, before)
        if lines != self.lines_here.get(order.pk, []):
            self.new_lines[order.pk] = lines
            before["lines"] = self.line_rows.get(order.pk, [])
            said = said or "lines"
        tally.found(record.source_id, order.number, changed=said)
        if before:
            if was_cancelled != (order.status == OrderStatus.CANCELLED):
                before["cancelled"] = was_cancelled
            self.changed.append((order, before))

    def rehearse(self, tally: Tally) -> None:
        """Count what would be created, and have later rows find it."""
        for order, _lines in self.new:
            tally.create(str(order.source_id), order.number)
        self.source.make_up(Order, (str(order.source_id) for order, _lines in self.new))

    def _values(self, record: OrderRecord, lines: list[Line]) -> dict[str, Any]:
        return {
            "number": record.number,
            "customer_id": known(self.customers, record.customer_id, "customer"),
            "status": record.status,
            "currency": record.currency,
            "ordered_at": record.ordered_at,
            "promised_at": record.promised_at,
            "delivered_at": record.delivered_at,
            "total": sum((quantity * price for _, quantity, price, _ in lines), Decimal(0)).quantize(CENT),
        }

    def _line(self, record: LineRecord) -> Line:
        product = known(self.products, record.product_id, "product")
        row = OrderLine(
            product_id=product,
            quantity=record.quantity,
            unit_price=record.unit_price,
            list_price=record.list_price,
        )
        check_row(row, leave_out=("order", "product"))
        if record.unit_price < 0:
            raise Refused(_("unit_price: a price cannot be negative"))
        if record.quantity == 0:
            raise Refused(_("quantity: a line cannot be of nothing"))
        return product, record.quantity, record.unit_price, record.list_price

    def write(self, tally: Tally) -> None:
        """Write what is new and what changed, and the facts about it."""
        repriced = {order.pk: before for order, before in self.changed if (PRICE_READS | {"cancelled"}) & {*before}}
        for pk, fact in _price_facts(repriced).items():
            repriced[pk]["price"] = fact
        update_rows(Order, self.changed, at=self.at)
        OrderLine.objects.filter(order__in=self.new_lines).delete()
        written = insert_rows(
            Order,
            [order for order, _lines in self.new],
            refuse=lambda row, reason: tally.refuse(str(row.source_id), reason, row.number),
        )
        for order in written:
            tally.create(str(order.source_id), order.number)
        self.source.wrote(Order, kind="orders", created=written, changed=self.changed)
        kept = {id(order) for order in written}
        self.new_lines.update((order.pk, lines) for order, lines in self.new if id(order) in kept)
        lines = OrderLine.objects.bulk_create(_rows(self.new_lines), batch_size=ROWS_AT_ONCE)
        self.source.wrote(OrderLine, created=lines)
        self._tell_anew(written, repriced)

    def _tell_anew(self, written: list[Order], repriced: Iterable[int]) -> None:
        promises = [order for order, before in self.changed if PROMISE_READS & {*before}]
        moved = [order.pk for order, before in self.changed if "customer_id" in before]
        touched = [order.customer_id for order in (*written, *(order for order, _ in self.changed))]
        withdraw_facts(factor=Factor.PRICE, subject_type=SubjectType.ORDER, subject_ids=repriced, at=self.at)
        tell_promises(orders=[*promises, *written], moved=moved, at=self.at, also_touched=touched)


def _lines_of(order_ids: Iterable[int]) -> tuple[dict[int, list[Line]], dict[int, list[dict[str, Any]]]]:
    """The lines of orders, as they are compared and as they are put down, so that they can come back."""
    found: dict[int, list[Line]] = defaultdict(list)
    kept: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for ids in chunks(order_ids):
        rows = OrderLine.objects.filter(order__in=ids).order_by("pk")
        for row in rows:
            found[row.order_id].append((row.product_id, row.quantity, row.unit_price, row.list_price))
            kept[row.order_id].append(line_as_kept(row))
    return found, kept


def _price_facts(order_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """The price facts of these orders in JSON, so that they can come back: an order's reference price is frozen."""
    facts: dict[int, dict[str, Any]] = {}
    for ids in chunks(order_ids):
        rows = Observation.objects.filter(
            factor=Factor.PRICE, subject_type=SubjectType.ORDER, subject_id__in=ids, superseded_version=None
        )
        for row in rows:
            told = {"customer_id": row.customer_id, "value": row.value, "reference": row.reference}
            facts[row.subject_id] = {**told, "at": row.at.isoformat()}
    return facts


def line_as_kept(row: OrderLine) -> dict[str, Any]:
    """A line in JSON; `OrderLine(order=..., **it)` is the line again."""
    prices = {name: getattr(row, name) for name in ("quantity", "unit_price", "list_price")}
    return {"pk": row.pk, "product_id": row.product_id} | {
        name: None if value is None else str(value) for name, value in prices.items()
    }


def _rows(lines: dict[int, list[Line]]) -> list[OrderLine]:
    return [
        OrderLine(order_id=pk, product_id=product, quantity=quantity, unit_price=price, list_price=list_price)
        for pk, of_order in lines.items()
        for product, quantity, price, list_price in of_order
    ]
