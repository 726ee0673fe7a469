"""Relations are entered under the rules of their operation."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Relation, RelationType, User
from customers.tests.admin.conftest import LogIn


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def add(client: Client, code: str, start: Customer, end: Customer | None, **extra: Any) -> Any:
    return client.post(
        reverse("admin:customers_relation_add"),
        {
            "type": RelationType.objects.get(code=code).pk,
            "from_customer": start.pk,
            "to_customer": end.pk if end else "",
            "strength": 3,
            **extra,
        },
    )


def test_a_fitting_relation_is_made(client: Client, acme: Customer, wang: Customer) -> None:
    assert add(client, "works-for", wang, acme).status_code == 302
    assert Relation.objects.get().to_customer == acme


def test_a_relation_to_us_takes_no_other_end(client: Client, acme: Customer, wang: Customer) -> None:
    assert add(client, "client", acme, wang).status_code == 200
    assert add(client, "client", acme, None).status_code == 302
    assert Relation.objects.count() == 1


def test_the_wrong_kind_is_refused(client: Client, acme: Customer, wang: Customer) -> None:
    assert add(client, "works-for", acme, wang).status_code == 200
    assert not Relation.objects.exists()


def test_the_same_relation_twice_is_refused(client: Client, acme: Customer, wang: Customer) -> None:
    add(client, "works-for", wang, acme)
    assert add(client, "works-for", wang, acme).status_code == 200
    assert Relation.objects.count() == 1


def test_it_cannot_end_before_it_begins(client: Client, acme: Customer, wang: Customer) -> None:
    assert add(client, "works-for", wang, acme, since="2026-02-01", until="2026-01-01").status_code == 200
    assert not Relation.objects.exists()


def test_its_ends_stay_as_they_were_made(client: Client, acme: Customer, wang: Customer) -> None:
    add(client, "works-for", wang, acme)
    relation = Relation.objects.get()
    response = client.post(
        reverse("admin:customers_relation_change", args=[relation.pk]),
        {
            "type": RelationType.objects.get(code="client").pk,
            "to_customer": "",
            "role": "buyer",
            "strength": 4,
            "seen_version": 1,
        },
    )
    assert response.status_code == 302
    relation.refresh_from_db()
    assert (relation.type.code, relation.to_customer, relation.role) == ("works-for", acme, "buyer")
