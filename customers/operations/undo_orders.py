"""How imported orders are taken back: their lines, and the facts that they told."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from customers.choices import Factor, Measure, SubjectType
from customers.models import Order, OrderLine
from customers.operations.import_orders import PRICE_READS, PROMISE_READS
from customers.operations.observe import NewFact
from customers.operations.tell_promises import tell_promises
from customers.operations.undo_rules import Restored, Rows, UndoRule
from customers.operations.withdraw_facts import withdraw_facts


def _before_removal(orders: Rows, at: datetime) -> None:
    for factor in Factor.RELIABILITY, Factor.PRICE:
        _withdraw(factor, orders, at)


def _after_restoring(restored: Restored, at: datetime) -> None:
    """Put the old lines back, and the facts that stood on record before the import changed what they read."""
    lines = {order.pk: before["lines"] for order, before in restored if "lines" in before}
    OrderLine.objects.filter(order__in=list(lines)).delete()
    OrderLine.objects.bulk_create(OrderLine(order_id=pk, **line) for pk, kept in lines.items() for line in kept)
    promises = [order for order, before in restored if PROMISE_READS & {*before}]
    repriced = [order for order, before in restored if (PRICE_READS | {"cancelled"}) & {*before}]
    moved = [order.pk for order, before in restored if "customer_id" in before]
    _withdraw(Factor.PRICE, repriced, at)
    prices = [_price(order, before["price"]) for order, before in restored if "price" in before]
    tell_promises(orders=promises, moved=moved, more=prices, at=at, of_erased=True)


def _withdraw(factor: Factor, orders: Iterable[Order], at: datetime) -> None:
    ids = [order.pk for order in orders]
    withdraw_facts(factor=factor, subject_type=SubjectType.ORDER, subject_ids=ids, at=at)


def _price(order: Order, told: dict[str, Any]) -> NewFact:
    return NewFact(
        customer_id=told["customer_id"],
        factor=Factor.PRICE,
        measure=Measure.PRICE,
        value=told["value"],
        reference=told["reference"],
        at=datetime.fromisoformat(told["at"]),
        subject_type=SubjectType.ORDER,
        subject_id=order.pk,
    )


ORDER_RULE = UndoRule(before_removal=_before_removal, after_restoring=_after_restoring)
