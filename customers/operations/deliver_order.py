from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import ON_THE_WAY, OrderStatus
from customers.models import Order
from customers.operations.observe import observe
from customers.operations.promise_fact import promise_fact


class NotOnTheWay(Exception):
    """The order was delivered, cancelled or returned already. Nothing was changed."""

    def __init__(self, order: Order) -> None:
        self.order = order
        message = _("Order %(number)s is %(status)s and cannot be delivered.")
        super().__init__(message % {"number": order.number, "status": order.get_status_display().lower()})


@transaction.atomic
def deliver_order(*, order: Order, at: datetime, expected_version: int | None = None) -> Order:
    """Put on record that an order arrived at `at`, and whether it kept its promised date.

    Raises NotOnTheWay, StaleVersion."""
    order.refresh_from_db(from_queryset=Order.objects.select_for_update())
    order.require_version(expected_version)
    if order.status not in ON_THE_WAY:
        raise NotOnTheWay(order)
    order.status, order.delivered_at = OrderStatus.DELIVERED, at
    order.version += 1
    order.save(update_fields=["status", "delivered_at", "version"])
    fact = promise_fact(order)
    observe(facts=[fact] if fact else [], at=at, also_touched=[order.customer_id])
    return order
