"""Orders for the tests of relationship value: a crowd that comes and stays away, by a known process."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from analytics.models import ValueModel
from analytics.operations.value_customers import value_customers
from customers.models import Customer, Order, Team
from tests.cast import NOW

DAY = timedelta(days=1)
YEARS_DAYS = 500


def order(customer: Customer, days_ago: float, total: str = "50", **more: Any) -> Order:
    """One order, so many days before NOW."""
    values = {"currency": "EUR", "status": "delivered", "ordered_at": NOW - days_ago * DAY} | more
    number = f"{customer.pk}-{days_ago}-{random.random()}"
    return Order.objects.create(customer=customer, number=number, total=Decimal(total), **values)


def crowd(team: Team, size: int, *, seed: int = 1, until: datetime = NOW) -> list[Customer]:
    """Customers who order at rates of their own, until they leave after one of their orders."""
    chance = random.Random(seed)
    people = Customer.objects.bulk_create([Customer(name=f"Regular {n}", team=team) for n in range(size)])
    orders: list[Order] = []
    for customer in people:
        rate, leaves = chance.gammavariate(1.2, 1 / 20), chance.betavariate(0.8, 4)
        mean, day = chance.uniform(20, 200), chance.uniform(0, 300)
        while day < YEARS_DAYS:
            at = until - timedelta(days=YEARS_DAYS - day)
            total = Decimal(str(round(mean * chance.uniform(0.5, 1.5), 2)))
            number = f"C{seed}-{customer.pk}-{len(orders)}"
            orders.append(
                Order(customer=customer, number=number, total=total, currency="EUR", status="delivered", ordered_at=at)
            )
            if chance.random() < leaves:
                break
            day += chance.expovariate(rate) + 1
    Order.objects.bulk_create(orders)
    return people


def value_everybody(at: datetime = NOW) -> ValueModel:
    """The nightly job, at a moment."""
    return value_customers(logical_at=at, clock=lambda: at)
