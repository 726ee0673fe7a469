"""Contact points on the customer's form."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import ContactPoint, Customer, User
from customers.operations.add_contact_point import add_contact_point
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.forms import posted
from customers.tests.admin.test_stale_save import form_of, save
from tests.cast import NOW


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def with_points(client: Client, customer: Customer, *points: tuple[str, str]) -> dict[str, Any]:
    data = form_of(client, customer)
    data["contact_points-TOTAL_FORMS"] = str(len(points))
    for i, (kind, value) in enumerate(points):
        data |= {f"contact_points-{i}-kind": kind, f"contact_points-{i}-value": value}
    return data


def test_they_are_added_and_shown_in_plain(client: Client, acme: Customer) -> None:
    assert save(client, acme, with_points(client, acme, ("email", "info@acme.example"))).status_code == 302
    assert ContactPoint.objects.get().value == "info@acme.example"
    assert "info@acme.example" in client.get(reverse("admin:customers_customer_page", args=[acme.pk])).content.decode()


def test_the_same_one_twice_is_refused_with_a_reason(client: Client, acme: Customer) -> None:
    points = ("email", "info@acme.example"), ("email", "INFO@Acme.example")
    response = save(client, acme, with_points(client, acme, *points))
    assert response.status_code == 200
    assert "This customer already has this contact point." in response.content.decode()
    assert not ContactPoint.objects.exists()


def test_an_address_that_is_none_is_refused(client: Client, acme: Customer) -> None:
    assert save(client, acme, with_points(client, acme, ("email", "nonsense"))).status_code == 200
    assert not ContactPoint.objects.exists()


def test_a_change_moves_its_version(client: Client, acme: Customer) -> None:
    point = add_contact_point(customer=acme, kind="email", value="old@acme.example", at=NOW)
    data = form_of(client, acme) | {
        "contact_points-0-id": str(point.pk),
        "contact_points-0-customer": str(acme.pk),
        "contact_points-0-kind": "email",
        "contact_points-0-value": "new@acme.example",
    }
    assert save(client, acme, data).status_code == 302
    point.refresh_from_db()
    assert (point.value, point.version) == ("new@acme.example", 2)


def test_a_customer_is_found_by_a_whole_address(client: Client, acme: Customer, wang: Customer) -> None:
    add_contact_point(customer=acme, kind="email", value="info@acme.example", at=NOW)
    text = client.get(reverse("admin:customers_customer_changelist"), {"q": "Info@acme.example"}).content.decode()
    assert acme.name in text
    assert wang.name not in text


def test_an_address_that_is_changed_is_found_by_the_new_one_alone(client: Client, acme: Customer) -> None:
    add_contact_point(customer=acme, kind="email", value="old@example.com", at=NOW)
    address = reverse("admin:customers_customer_change", args=[acme.pk])
    data = posted(client, address) | {"contact_points-0-value": "new@example.com"}
    assert save(client, acme, data).status_code == 302
    assert ContactPoint.objects.get().value == "new@example.com"
    assert list(Customer.objects.reached_at("email", "new@example.com")) == [acme]
    assert not Customer.objects.reached_at("email", "old@example.com").exists()


def test_a_point_without_its_kind_is_refused_with_a_reason(client: Client, acme: Customer) -> None:
    data = with_points(client, acme, ("email", "info@acme.example"))
    del data["contact_points-0-kind"]
    response = save(client, acme, data)
    assert response.status_code == 200 and "This field is required." in response.content.decode()
