from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer, Observation, Order, Product, User
from customers.operations.place_order import NewLine, place_order
from tests.cast import NOW
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def pump(db: None) -> Product:
    """A product for ten pounds."""
    return Product.objects.create(sku="P-1", name="Pump", list_price="10.00", currency="GBP")


def placed(customer: Customer, product: Product, **extra: Any) -> Order:
    line = NewLine(product=product, unit_price=Decimal(9))
    return place_order(customer=customer, currency="GBP", lines=[line], at=NOW, **extra)


def test_it_places_an_order(ann: User, acme: Customer, pump: Product) -> None:
    lines = [{"product": pump.pk, "quantity": "2", "unit_price": "8.00"}]
    response = as_user(ann).post(url("orders/"), {"customer": acme.pk, "currency": "GBP", "lines": lines})
    assert response.status_code == 201, response.content
    body = response.json()
    assert (body["status"], body["total"], body["version"]) == ("placed", "16.00", 1)
    assert body["lines"] == [{"product": pump.pk, "quantity": "2.000", "unit_price": "8.00", "list_price": "10.00"}]
    fact = Observation.objects.get(subject_type="order", subject_id=body["id"])
    assert (fact.value, fact.reference) == (16.0, 20.0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lines", []),
        ("lines", None),
        ("lines", [{"product": 999, "unit_price": "1"}]),
        ("lines", [{"product": "pump", "unit_price": "-1"}]),
        ("lines", [{"product": "pump", "unit_price": "1", "quantity": "0"}]),
        ("lines", [{"product": "pump", "unit_price": "999999999999.99", "quantity": "999999999"}]),
        ("lines", [{"product": "pump", "unit_price": "NaN"}]),
        ("lines", [{"product": "pump", "unit_price": "1", "colour": "red"}]),
        ("currency", "pounds"),
        ("currency", "gbp"),
        ("customer", 999),
        ("promised_at", "soon"),
        ("status", "delivered"),
        ("total", "1"),
    ],
)
def test_what_is_not_right_is_refused(ann: User, acme: Customer, pump: Product, field: str, value: Any) -> None:
    data = {"customer": acme.pk, "currency": "GBP", "lines": [{"product": pump.pk, "unit_price": "8.00"}], field: value}
    for line in data["lines"] or ():
        line["product"] = pump.pk if line["product"] == "pump" else line["product"]
    response = as_user(ann).post(url("orders/"), data)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert not Order.objects.exists()


def test_a_number_is_used_once(ann: User, acme: Customer, pump: Product) -> None:
    placed(acme, pump, number="A-1")
    lines = [{"product": pump.pk, "unit_price": "8.00"}]
    data = {"customer": acme.pk, "currency": "GBP", "number": "A-1", "lines": lines}
    response = as_user(ann).post(url("orders/"), data)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["number"])


def test_a_delivery_keeps_or_breaks_the_promise(ann: User, acme: Customer, pump: Product) -> None:
    late = placed(acme, pump, promised_at=NOW)
    in_time = placed(acme, pump, promised_at=timezone.now() + timedelta(days=400))
    client = as_user(ann)
    for order, kept in ((late, 0.0), (in_time, 1.0)):
        response = client.post(url(f"orders/{order.pk}/deliver/"))
        assert (response.status_code, response.json()["status"]) == (200, "delivered")
        assert response.headers["ETag"] == '"2"'
        facts = Observation.objects.filter(subject_id=order.pk, subject_type="order", factor=2)
        assert facts.get(superseded_version=None).value == kept


def test_an_order_arrives_once(ann: User, acme: Customer, pump: Product) -> None:
    client, path = as_user(ann), url(f"orders/{placed(acme, pump).pk}/deliver/")
    assert client.post(path, headers={"If-Match": '"9"'}).status_code == 412
    assert client.post(path).status_code == 200
    again = client.post(path)
    assert (again.status_code, again.json()["code"]) == (409, "not_on_the_way")


def test_an_outsider_is_refused(otto: User, acme: Customer, pump: Product) -> None:
    order = placed(acme, pump)
    client = as_user(otto)
    assert ids(client.get(url("orders/"))) == []
    assert client.get(url(f"orders/{order.pk}/")).status_code == 404
    assert client.post(url(f"orders/{order.pk}/deliver/")).status_code == 404


def test_orders_are_not_edited(bob: User, acme: Customer, pump: Product) -> None:
    path = url(f"orders/{placed(acme, pump).pk}/")
    for method in ("put", "patch", "delete"):
        assert getattr(as_user(bob), method)(path, headers={"If-Match": "*"}).status_code == 405


def test_it_filters(ann: User, acme: Customer, wang: Customer, pump: Product) -> None:
    order = placed(acme, pump)
    placed(wang, pump)
    client = as_user(ann)
    assert ids(client.get(url(f"orders/?customer={acme.pk}"))) == [order.pk]
    assert ids(client.get(url(f"orders/?number={order.number}"))) == [order.pk]
    assert len(ids(client.get(url(f"orders/?product={pump.pk}&status=placed&ordering=-ordered_at")))) == 2
    assert ids(client.get(url("orders/?ordered_before=2026-06-03T10:00:00Z"))) == []


@pytest.mark.parametrize("count", [3, 50])
def test_a_list_costs_the_same_however_long(
    ann: User, acme: Customer, pump: Product, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        placed(acme, pump)
    client = with_token(ann)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url("orders/")))) == count
