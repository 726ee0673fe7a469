import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import OrderStatus
from customers.models import Customer, Order, OrderLine, Product
from customers.operations.observe import observe
from customers.operations.price_orders import price_fact
from customers.operations.promise_fact import promise_fact
from customers.sql.reference_prices import price_of

CENT = Decimal("0.01")


class BadOrder(ValueError):
    """The order cannot be placed as it is; the message says why. Nothing was written."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """One product of a new order. Prices are for a unit, before tax, in the order's currency; where the list price is
    not given it is the product's, if that is in the same currency."""

    product: Product
    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    list_price: Decimal | None = None


@transaction.atomic
def place_order(
    *,
    customer: Customer,
    currency: str,
    lines: Sequence[NewLine],
    at: datetime,
    number: str = "",
    promised_at: datetime | None = None,
) -> Order:
    """Place an order at `at`; how its price compares, and the date that is promised, is put on record. An empty number
    is filled in.

    Raises BadOrder for an order without lines, a negative price or nothing of a product."""
    if not lines:
        raise BadOrder(_("An order has at least one line."))
    if any(line.unit_price < 0 or line.quantity <= 0 for line in lines):
        raise BadOrder(_("A line is of something, and its price is not negative."))
    order = Order.objects.create(
        number=number or uuid.uuid4().hex,  # until the key is known
        customer=customer,
        status=OrderStatus.PLACED,
        currency=currency,
        ordered_at=at,
        promised_at=promised_at,
        total=sum((line.quantity * line.unit_price for line in lines), Decimal(0)).quantize(CENT),
        created_at=at,
    )
    if not number:
        order.number = f"O-{order.pk:06d}"
        order.save(update_fields=["number"])
    OrderLine.objects.bulk_create(_row(order, line) for line in lines)
    price = price_of(order)
    facts = [price_fact(price) if price else None, promise_fact(order)]
    observe(facts=[fact for fact in facts if fact], at=at, also_touched=[customer.pk])
    return order


def _row(order: Order, line: NewLine) -> OrderLine:
    list_price = line.list_price
    if list_price is None and line.product.currency == order.currency:
        list_price = line.product.list_price
    return OrderLine(
        order=order, product=line.product, quantity=line.quantity, unit_price=line.unit_price, list_price=list_price
    )
