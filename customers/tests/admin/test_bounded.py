"""A form that claims to hold a million rows is answered at once, and keeps what was typed."""

import time
from typing import Any

import pytest
from django.urls import reverse

from customers.admin.bounded import MOST_ROWS, Bounded
from customers.choices import ContactKind
from customers.models import ContactPoint, Customer, User
from customers.operations.add_contact_point import add_contact_point
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.forms import posted
from tests.cast import NOW

SAID = f"at most {MOST_ROWS} rows fit on this page"


def typed(client: Any, page: str) -> dict[str, Any]:
    return posted(client, page) | {
        "name": "Typed",
        "contact_points-0-kind": "email",
        "contact_points-0-value": "typed@example.com",
    }


@pytest.mark.parametrize("total", ["999999999", str(MOST_ROWS + 1)])
def test_a_claim_of_many_rows_is_refused_quickly_and_nothing_is_lost(
    log_in: LogIn, bob: User, acme: Customer, total: str
) -> None:
    client, page = log_in(bob), reverse("admin:customers_customer_change", args=[acme.pk])
    data = typed(client, page) | {"contact_points-TOTAL_FORMS": total, "contact_points-INITIAL_FORMS": "0"}
    began = time.monotonic()
    response = client.post(page, data)
    text = response.content.decode()
    assert time.monotonic() - began < 30  # a thousand million forms would take hours
    assert response.status_code == 200 and SAID in text
    assert text.count("typed@example.com") == 1 and 'value="Typed"' in text
    assert total not in text
    acme.refresh_from_db()
    assert acme.name == "Acme Pumps" and not acme.contact_points.exists()
    again = data | {"contact_points-TOTAL_FORMS": "1"}
    assert client.post(page, again).status_code == 302
    assert acme.contact_points.get().value == "typed@example.com"


def test_as_many_as_fit_are_taken(log_in: LogIn, bob: User, acme: Customer) -> None:
    client, page = log_in(bob), reverse("admin:customers_customer_change", args=[acme.pk])
    data = typed(client, page) | {"contact_points-TOTAL_FORMS": str(MOST_ROWS)}
    assert client.post(page, data).status_code == 302


def test_a_customer_who_has_more_already_can_still_be_saved(log_in: LogIn, bob: User, acme: Customer) -> None:
    rows = [
        ContactPoint(customer=acme, kind=ContactKind.EMAIL, value=f"a{number}@example.com", created_at=NOW)
        for number in range(MOST_ROWS + 3)
    ]
    for row in rows:
        row.index_value()
    ContactPoint.objects.bulk_create(rows)
    client, page = log_in(bob), reverse("admin:customers_customer_change", args=[acme.pk])
    assert client.post(page, posted(client, page) | {"name": "Renamed"}).status_code == 302
    assert acme.contact_points.count() == MOST_ROWS + 3


def test_every_inline_is_bounded() -> None:
    from django.contrib import admin

    inlines = [inline for page in admin.site._registry.values() for inline in page.inlines]
    assert len(inlines) >= 5
    assert [inline for inline in inlines if not issubclass(inline, Bounded)] == []


def test_a_new_customer_too(log_in: LogIn, bob: User, acme: Customer) -> None:
    add_contact_point(customer=acme, kind="email", value="x@example.com", at=NOW)
    client, page = log_in(bob), reverse("admin:customers_customer_add")
    data = typed(client, page) | {"team": acme.team_id, "contact_points-TOTAL_FORMS": "5000"}
    response = client.post(page, data)
    assert response.status_code == 200 and SAID in response.content.decode()
    assert not Customer.objects.filter(name="Typed").exists()
