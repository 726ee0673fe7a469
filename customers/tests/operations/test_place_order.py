from datetime import timedelta
from decimal import Decimal

import pytest

from customers.choices import Factor
from customers.models import Category, Customer, Observation, Order, Product
from customers.operations.place_order import BadOrder, NewLine, place_order
from customers.operations.price_orders import price_orders
from customers.operations.promise_fact import MOMENT
from tests.cast import NOW

DAY = timedelta(days=1)


@pytest.fixture
def vase(db: None) -> Product:
    return Product.objects.create(sku="V", name="Vase", category=Category.objects.create(name="Home"))


def facts() -> list[tuple[float | None, float | None]]:
    rows = Observation.objects.filter(factor=Factor.PRICE, superseded_version=None).order_by("subject_id")
    return list(rows.values_list("value", "reference"))


def test_it_writes_the_order_its_lines_and_total(wang: Customer, vase: Product) -> None:
    line = NewLine(vase, Decimal("2.50"), Decimal(3))
    order = place_order(customer=wang, currency="EUR", lines=[line], at=NOW, promised_at=NOW + DAY)
    order.refresh_from_db()
    assert (order.number, order.total, order.status) == (f"O-{order.pk:06d}", Decimal("7.50"), "placed")
    assert order.lines.get().quantity == 3
    wang.refresh_from_db()
    assert (wang.activity_version, wang.last_activity_at) == (2, NOW)


def test_a_promised_date_counts_against_us_once_it_has_passed(wang: Customer, vase: Product) -> None:
    order = place_order(customer=wang, currency="EUR", lines=[NewLine(vase, Decimal(1))], at=NOW, promised_at=NOW + DAY)
    fact = Observation.objects.get(factor=Factor.RELIABILITY)
    assert (fact.value, fact.reference, fact.at, fact.subject_id) == (0.0, 1.0, NOW + DAY + MOMENT, order.pk)
    place_order(customer=wang, currency="EUR", lines=[NewLine(vase, Decimal(1))], at=NOW)
    assert Observation.objects.filter(factor=Factor.RELIABILITY).count() == 1


def test_the_list_price_of_the_product_is_the_reference_in_its_own_currency_only(wang: Customer, vase: Product) -> None:
    Product.objects.update(list_price=Decimal(10), currency="EUR")
    vase.refresh_from_db()
    place_order(customer=wang, currency="EUR", lines=[NewLine(vase, Decimal(8))], at=NOW)
    place_order(customer=wang, currency="USD", lines=[NewLine(vase, Decimal(8))], at=NOW)
    assert facts() == [(8.0, 10.0), (8.0, 8.0)]


def test_without_a_list_price_it_compares_as_the_import_does(wang: Customer, vase: Product) -> None:
    days = [0, 1, 1, 40, 90, 91, 92, 200]
    for place, day in enumerate(days):
        lines = [NewLine(vase, Decimal(place * 7 % 5 + 1)), NewLine(vase, Decimal(place + 1), Decimal(2))]
        place_order(customer=wang, currency="EUR", lines=lines, at=NOW + day * DAY)
    one_by_one = facts()
    assert len(one_by_one) == len(days)
    Observation.objects.all().delete()
    price_orders(at=NOW + 300 * DAY)
    assert facts() == one_by_one


def test_nothing_and_negative_prices_are_refused(wang: Customer, vase: Product) -> None:
    for lines in [], [NewLine(vase, Decimal(-1))], [NewLine(vase, Decimal(1), Decimal(0))]:
        with pytest.raises(BadOrder):
            place_order(customer=wang, currency="EUR", lines=lines, at=NOW)
    assert not Order.objects.exists()
