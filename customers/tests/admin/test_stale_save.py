"""Two people edit one customer: the second is told what changed, and loses nothing."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, User
from customers.tests.admin.conftest import LogIn


def form_of(client: Client, customer: Customer) -> dict[str, Any]:
    """What a browser would post of the form as it is."""
    return fields_of(client.get(reverse("admin:customers_customer_change", args=[customer.pk])))


def fields_of(page: Any) -> dict[str, Any]:
    """The values of all fields of a page's form and its inlines."""
    data: dict[str, Any] = {}
    for form in [page.context["adminform"].form, *(f.formset for f in page.context["inline_admin_formsets"])]:
        fields = getattr(form, "management_form", form)
        for field in fields:
            value = field.value()
            data[field.html_name] = "" if value is None else value
    return data


@pytest.fixture
def client(log_in: LogIn, bob: User) -> Client:
    """Bob's browser."""
    return log_in(bob)


def save(client: Client, customer: Customer, data: dict[str, Any]) -> Any:
    return client.post(reverse("admin:customers_customer_change", args=[customer.pk]), data)


def test_a_first_save_is_taken_and_moves_the_version(client: Client, acme: Customer) -> None:
    response = save(client, acme, {**form_of(client, acme), "industry": "Pumps"})
    assert response.status_code == 302
    acme.refresh_from_db()
    assert (acme.industry, acme.version) == ("Pumps", 2)


def test_a_save_is_an_activity(client: Client, acme: Customer) -> None:
    before = acme.activity_version
    save(client, acme, {**form_of(client, acme), "industry": "Pumps"})
    acme.refresh_from_db()
    assert acme.activity_version > before


def test_a_stale_save_is_refused_and_shows_theirs_and_yours(client: Client, acme: Customer) -> None:
    mine = {**form_of(client, acme), "industry": "Mine"}
    save(client, acme, {**form_of(client, acme), "industry": "Theirs"})
    response = save(client, acme, mine)
    acme.refresh_from_db()
    assert acme.industry == "Theirs"
    differences = response.context["adminform"].form.differences
    assert [(row.theirs, row.yours) for row in differences] == [("Theirs", "Mine")]
    text = response.content.decode()
    assert "What stands now, and what you typed" in text
    assert 'value="Mine"' in text


def test_after_the_refusal_the_same_form_can_be_saved(client: Client, acme: Customer) -> None:
    mine = {**form_of(client, acme), "industry": "Mine"}
    save(client, acme, {**form_of(client, acme), "industry": "Theirs"})
    refused = save(client, acme, mine)
    version = refused.context["adminform"].form["seen_version"].value()
    assert save(client, acme, {**mine, "seen_version": version}).status_code == 302
    acme.refresh_from_db()
    assert acme.industry == "Mine"


def test_a_form_without_its_version_is_refused(client: Client, acme: Customer) -> None:
    assert save(client, acme, {**form_of(client, acme), "industry": "x", "seen_version": ""}).status_code == 200
    acme.refresh_from_db()
    assert acme.industry == ""
