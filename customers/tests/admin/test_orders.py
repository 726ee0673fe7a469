"""Orders are read; that one arrived is a verb."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Order, User
from customers.tests.admin.conftest import LogIn
from tests.cast import NOW, make_user


@pytest.fixture
def order(acme: Customer) -> Order:
    """An order on its way to Acme."""
    return Order.objects.create(number="A-1", customer=acme, currency="EUR", ordered_at=NOW, promised_at=NOW)


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def deliver(client: Client, order: Order) -> int:
    return client.post(reverse("admin:customers_order_deliver", args=[order.pk])).status_code


def test_an_order_on_its_way_arrives(client: Client, order: Order) -> None:
    page = reverse("admin:customers_order_change", args=[order.pk])
    assert "It has arrived" in client.get(page).content.decode()
    assert deliver(client, order) == 302
    order.refresh_from_db()
    assert order.status == "delivered"
    assert "It has arrived" not in client.get(page).content.decode()


def test_it_arrives_once(client: Client, order: Order) -> None:
    deliver(client, order)
    order.refresh_from_db()
    first = order.delivered_at
    deliver(client, order)
    order.refresh_from_db()
    assert order.delivered_at == first


def test_looking_at_the_address_changes_nothing(client: Client, order: Order) -> None:
    client.get(reverse("admin:customers_order_deliver", args=[order.pk]))
    order.refresh_from_db()
    assert order.status == "placed"


def test_an_outsider_finds_nothing(log_in: LogIn, otto: User, order: Order) -> None:
    assert deliver(log_in(otto), order) == 404


def test_whoever_may_only_read_is_refused(log_in: LogIn, order: Order) -> None:
    assert deliver(log_in(make_user("dora", order.customer.team, role="Analyst")), order) == 403


def test_its_fields_are_not_edited(client: Client, order: Order) -> None:
    response = client.post(reverse("admin:customers_order_change", args=[order.pk]), {"status": "returned"})
    assert response.status_code == 403
