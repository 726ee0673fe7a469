"""Sums by week equal those that are counted row by row in Python, in any zone, across a change of the clock."""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from analytics.demand.calendar import offsets, step_of
from analytics.sql.demand_sums import (
    enquiries,
    lines_of_demand,
    most_ordered_products,
    sold_by_category,
    sold_by_product,
    tickets_by_queue,
)
from analytics.tests.demand_shop import product
from customers.models import Category, Customer, Interaction, Order, OrderLine, Product
from services.models import Queue, Ticket

pytestmark = pytest.mark.django_db
SINCE, UNTIL = datetime(2025, 2, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
ZONES = ["UTC", "Europe/London", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe"]


def moments(number: int) -> list[datetime]:
    """Anywhere in the time, and around the midnights of Mondays and the changes of the clock."""
    chance = np.random.default_rng(3)
    span = (UNTIL - SINCE).total_seconds()
    found = [SINCE + timedelta(seconds=int(s)) for s in chance.uniform(0, span - 1, number)]
    for day in (
        datetime(2025, 3, 30, tzinfo=UTC),
        datetime(2025, 10, 26, tzinfo=UTC),
        datetime(2025, 11, 2, tzinfo=UTC),
    ):
        found += [day + timedelta(hours=hour, minutes=59) for hour in range(-14, 40)]
    return found


@pytest.fixture
def things(acme: Customer) -> list[Product]:
    tea = Category.objects.create(name="Tea")
    rows = [product("Green", tea), product("Black", tea), product("Loose")]
    orders, lines = [], []
    for number, at in enumerate(moments(300)):
        order = Order(number=f"n{number}", customer=acme, currency="EUR", ordered_at=at)
        orders.append(order)
        price = Decimal(8 + number % 4)
        listed = None if number % 5 == 0 else Decimal(10)
        lines.append(
            OrderLine(
                order=order, product=rows[number % 3], quantity=number % 7 + 1, unit_price=price, list_price=listed
            )
        )
    Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(lines)
    return rows


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("days", [7, 1])
def test_sums_by_product_are_those_of_plain_python(things: list[Product], zone: str, days: int) -> None:
    expected: dict[tuple[int, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for line in OrderLine.objects.select_related("order"):
        step = step_of(line.order.ordered_at.astimezone(ZoneInfo(zone)).date(), days)
        row = expected[line.product_id, step]
        row[0] += float(line.quantity)
        if line.list_price:
            row[1] += float(line.quantity * line.unit_price)
            row[2] += float(line.quantity * line.list_price)
    changes = offsets(ZoneInfo(zone), SINCE, UNTIL)
    keys = [row.pk for row in things]
    found = {
        (row.group, row.step): [row.quantity, row.paid, row.reference]
        for row in sold_by_product(keys, since=SINCE, until=UNTIL, zone=changes, days=days)
    }
    assert found.keys() == expected.keys()
    for key, values in found.items():
        assert values == pytest.approx(expected[key])


def test_categories_sum_their_products_and_leave_out_what_has_none(things: list[Product]) -> None:
    changes = offsets(ZoneInfo("Europe/London"), SINCE, UNTIL)
    span = {"since": SINCE, "until": UNTIL, "zone": changes, "days": 7}
    by_product: Counter[int] = Counter()
    for row in sold_by_product([things[0].pk, things[1].pk], **span):  # type: ignore[arg-type]
        by_product[row.step] += row.quantity  # type: ignore[assignment]
    by_category = {row.step: row.quantity for row in sold_by_category(**span)}  # type: ignore[arg-type]
    assert by_category == dict(by_product)
    nobody = Customer.objects.none()
    assert list(sold_by_category(**span, customers=nobody)) == []  # type: ignore[arg-type]


def test_cancelled_orders_and_returned_goods_are_no_demand(acme: Customer) -> None:
    tea = product("Green")
    for number, (status, quantity) in enumerate([("placed", 2), ("cancelled", 40), ("delivered", -3), ("returned", 5)]):
        order = Order.objects.create(number=str(number), customer=acme, currency="EUR", ordered_at=SINCE, status=status)
        OrderLine.objects.create(order=order, product=tea, quantity=quantity, unit_price=1)
    assert sorted(line.quantity for line in lines_of_demand(since=SINCE, until=UNTIL)) == [2, 5]


def test_the_products_with_the_most_lines_come_first_and_those_off_sale_not_at_all(things: list[Product]) -> None:
    Product.objects.filter(pk=things[0].pk).update(is_active=False)
    found = most_ordered_products(since=SINCE, until=UNTIL, most=5)
    assert {*found} == {things[1].pk, things[2].pk}
    assert len(most_ordered_products(since=SINCE, until=UNTIL, most=1)) == 1


def test_tickets_and_enquiries_are_counted_by_local_day(acme: Customer, queue: Queue) -> None:
    at = datetime(2025, 7, 6, 23, 30, tzinfo=UTC)  # Monday in London
    Ticket.objects.create(number="1", subject="x", customer=acme, queue=queue, team=queue.team, created_at=at)
    Interaction.objects.create(customer=acme, kind="call", direction="inbound", subject="x", at=at)
    Interaction.objects.create(customer=acme, kind="call", direction="outbound", subject="x", at=at)
    changes = offsets(ZoneInfo("Europe/London"), SINCE, UNTIL)
    monday = step_of(datetime(2025, 7, 7).date(), 1)
    span = {"since": SINCE, "until": UNTIL, "zone": changes, "days": 1}
    assert [*tickets_by_queue(**span)] == [(queue.pk, monday, 1)]  # type: ignore[arg-type]
    assert [*enquiries(**span)] == [(0, monday, 1), (0, monday, 1)]  # type: ignore[arg-type]


def test_each_kind_is_one_statement(things: list[Product], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    span = {"since": SINCE, "until": UNTIL, "zone": offsets(ZoneInfo("Europe/London"), SINCE, UNTIL), "days": 7}
    for read in (
        lambda: sold_by_product([row.pk for row in things], **span),  # type: ignore[arg-type]
        lambda: sold_by_category(**span),  # type: ignore[arg-type]
        lambda: tickets_by_queue(**span),  # type: ignore[arg-type]
    ):
        with django_assert_num_queries(1):
            list(read())
