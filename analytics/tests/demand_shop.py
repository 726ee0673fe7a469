"""A small shop with two years of orders by week, for the tests of forecasts."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from analytics.models import BackTest, Forecast, ForecastRun
from customers.models import Category, Customer, Order, OrderLine, Product
from services.models import Queue, Ticket
from tests.cast import NOW

# The Monday of the week of NOW, which is under way and belongs to no history.
MONDAY = NOW.replace(hour=0) - timedelta(days=NOW.weekday())
WEEK = timedelta(weeks=1)


def product(name: str, category: Category | None = None) -> Product:
    """A product on sale."""
    return Product.objects.create(sku=name, name=name, category=category, list_price=10, currency="EUR")


def sells(
    customer: Customer,
    what: Product,
    quantities: Any,
    *,
    until: datetime = MONDAY,
    price: str = "9",
    **order: Any,
) -> None:
    """An order each week, the last in the week before `until`; none where the quantity is 0."""
    number, orders, lines = Order.objects.count(), [], []
    for place, quantity in enumerate(quantities):
        if not quantity:
            continue
        at = until - (len(quantities) - place) * WEEK + timedelta(days=2, hours=9)
        made = Order(number=f"d{number + place}", customer=customer, currency="EUR", ordered_at=at, **order)
        orders.append(made)
        lines.append((made, Decimal(str(quantity))))
    Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(
        OrderLine(order=made, product=what, quantity=quantity, unit_price=Decimal(price), list_price=10)
        for made, quantity in lines
    )


def steady(weeks: int, level: float = 20, seed: int = 1) -> list[int]:
    """Quantities around a level."""
    return [int(value) + 1 for value in np.random.default_rng(seed).poisson(level, weeks)]


def asks(customer: Customer, queue: Queue, days: int) -> None:
    """Tickets by day: more on Mondays, none on Sundays."""
    tickets: list[Ticket] = []
    for back in range(1, days + 1):
        at = NOW.replace(hour=9) - timedelta(days=back)
        often = (6, 3, 3, 3, 3, 1, 0)[at.weekday()]
        for _ in range(often):
            number = f"D-{len(tickets)}"
            tickets.append(
                Ticket(number=number, subject="x", customer=customer, queue=queue, team=queue.team, created_at=at)
            )
    Ticket.objects.bulk_create(tickets)


def forecast_of(queue: Queue) -> Forecast:
    """A forecast that stands, of the tickets of a queue, with one back-test."""
    run = ForecastRun.objects.create(as_of=NOW, started_at=NOW, finished_at=NOW, state="done", groups=1)
    day = NOW.date()
    steps = [[(day + timedelta(days=n)).isoformat(), 3.0, 0.0, 1.0, 5.0, 8.0] for n in range(28)]
    made = Forecast.objects.create(
        run=run,
        kind="tickets",
        queue=queue,
        tier="poisson",
        wape=0.4,
        naive_wape=0.5,
        next_4=84.0,
        starts_on=day,
        ends_on=day + timedelta(days=27),
        history_from=day - timedelta(days=60),
        history=[3.0] * 60,
        steps=steps,
        drivers={"trend": 0.1, "dispersion": 1.0, "inputs": [], "season": [1.0] * 28},
    )
    measured = {"error": 4.0, "demand": 10.0, "wape": 0.4, "pinball_10": 1.0, "pinball_50": 1.0, "pinball_90": 1.0}
    BackTest.objects.create(
        forecast=made, tier="poisson", origin=day, covered_80=0.8, covered_95=0.95, is_winner=True, **measured
    )
    return made
