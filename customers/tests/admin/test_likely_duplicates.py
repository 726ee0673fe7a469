"""A new customer who looks like one who is here: the form comes back once, and nothing typed is lost."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, DuplicatePair, Team, User
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.test_stale_save import fields_of, form_of
from customers.tests.admin.test_stale_save import save as change
from tests.customers import enter

PHONE = "+44 113 496 0001"


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


@pytest.fixture
def here(north: Team) -> Customer:
    return enter(north, "Ann <Lee>", ("phone", PHONE), country="GB")


def typed(client: Client, team: Team, **more: Any) -> dict[str, Any]:
    """What a browser would post of the form of a new customer."""
    data = fields_of(client.get(reverse("admin:customers_customer_add")))
    del data["tags"]  # a list of which nothing is chosen is not posted
    data |= {"kind": "person", "name": "LEE, Ann", "team": team.pk, "industry": "Typed with care"}
    data |= {"contact_points-TOTAL_FORMS": "1", "contact_points-0-kind": "phone", "contact_points-0-value": PHONE}
    return {**data, **more}


def save(client: Client, data: dict[str, Any]) -> Any:
    return client.post(reverse("admin:customers_customer_add"), data)


def test_the_form_comes_back_with_who_is_here_why_and_what_was_typed(
    client: Client, north: Team, here: Customer
) -> None:
    response = save(client, typed(client, north))
    text = response.content.decode()
    assert response.status_code == 200
    assert Customer.objects.count() == 1
    assert "This looks like a customer who is here already." in text
    link = reverse("admin:customers_customer_page", args=[here.pk])
    assert f'href="{link}" target="_blank" rel="noopener">Ann &lt;Lee&gt;</a>' in text
    assert "same phone number, same family name, same given name" in text
    assert 'name="save_anyway"' in text
    assert "Typed with care" in text
    assert PHONE in text


def test_it_is_saved_anyway_and_the_pair_put_into_the_queue(client: Client, north: Team, here: Customer) -> None:
    response = save(client, typed(client, north, save_anyway="1"))
    assert response.status_code == 302
    row = DuplicatePair.objects.get()
    assert (row.first, row.second.name, row.found_by) == (here, "LEE, Ann", "entry")


def test_with_another_mistake_the_list_and_the_tick_stay(client: Client, north: Team, here: Customer) -> None:
    data = typed(client, north, save_anyway="1") | {"contact_points-0-kind": "email"}
    data |= {"contact_points-TOTAL_FORMS": "2", "contact_points-1-kind": "phone", "contact_points-1-value": PHONE}
    text = save(client, data).content.decode()
    assert Customer.objects.count() == 1
    assert 'name="save_anyway" value="1" checked' in text
    assert "This looks like a customer who is here already." not in text


def test_nobody_is_told_of_customers_out_of_sight(client: Client, north: Team, south: Team) -> None:
    hidden = enter(south, "Ann Lee", ("phone", PHONE))
    response = save(client, typed(client, north))
    assert response.status_code == 302
    assert DuplicatePair.objects.get().first == hidden


def test_a_name_that_is_here_already_is_asked_about(client: Client, north: Team, south: Team, here: Customer) -> None:
    enter(south, "Tom Berg")
    alone = {"contact_points-TOTAL_FORMS": "0"}
    response = save(client, typed(client, north, name="ann LEE", **alone))
    assert response.status_code == 200 and "Is it one of these?" in response.content.decode()
    assert save(client, typed(client, north, name="ann LEE", save_anyway="1", **alone)).status_code == 302
    assert save(client, typed(client, north, name="Tom Berg", **alone)).status_code == 302  # theirs is out of sight


def test_who_looks_like_nobody_is_saved_at_once(client: Client, north: Team, here: Customer) -> None:
    assert save(client, typed(client, north, name="Tom Berg")).status_code == 302
    assert not DuplicatePair.objects.exists()


@pytest.mark.parametrize("total", ["", "x", "-1", "999999999999"])
def test_a_form_that_no_browser_sends_is_refused_quietly(
    client: Client, north: Team, here: Customer, total: str
) -> None:
    data = typed(client, north) | {"contact_points-TOTAL_FORMS": total}
    assert save(client, data).status_code in (200, 302)


def test_a_contact_point_added_to_a_customer_is_looked_at_too(client: Client, north: Team, here: Customer) -> None:
    other = enter(north, "Ann Lee")
    data = form_of(client, other)
    data |= {"contact_points-TOTAL_FORMS": "1", "contact_points-0-kind": "phone", "contact_points-0-value": PHONE}
    assert change(client, other, data).status_code == 302
    assert DuplicatePair.objects.get().second == other
