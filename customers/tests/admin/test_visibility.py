"""Nobody sees, finds, chooses or writes a row of another team."""

import pytest
from django.urls import reverse

from customers.models import Customer, Interaction, Relation, RelationType, User
from customers.tests.admin.conftest import LogIn

PAGES = ["page", "change", "history", "delete"]


@pytest.mark.parametrize("view", PAGES)
def test_a_row_out_of_sight_is_not_found(log_in: LogIn, bob: User, stranger: Customer, view: str) -> None:
    response = log_in(bob).get(reverse(f"admin:customers_customer_{view}", args=[stranger.pk]))
    assert response.status_code == 404


@pytest.mark.parametrize("view", PAGES)
def test_ones_own_row_is_found(log_in: LogIn, bob: User, acme: Customer, view: str) -> None:
    response = log_in(bob).get(reverse(f"admin:customers_customer_{view}", args=[acme.pk]))
    assert response.status_code == 200


def test_the_list_holds_only_visible_rows(log_in: LogIn, bob: User, acme: Customer, stranger: Customer) -> None:
    text = log_in(bob).get(reverse("admin:customers_customer_changelist")).content.decode()
    assert acme.name in text
    assert stranger.name not in text


def test_a_posted_customer_out_of_sight_is_refused(log_in: LogIn, bob: User, stranger: Customer) -> None:
    response = log_in(bob).post(
        reverse("admin:customers_interaction_add"),
        {
            "customer": stranger.pk,
            "kind": "call",
            "direction": "inbound",
            "at_0": "2026-06-03",
            "at_1": "10:00",
            "subject": "x",
        },
    )
    assert response.status_code == 200
    assert "customer" in response.context["adminform"].form.errors
    assert not Interaction.objects.exists()


def test_choices_of_a_search_box_are_visible_rows(log_in: LogIn, bob: User, acme: Customer, stranger: Customer) -> None:
    response = log_in(bob).get(
        reverse("admin:autocomplete"),
        {"app_label": "customers", "model_name": "interaction", "field_name": "customer", "term": ""},
    )
    assert [row["id"] for row in response.json()["results"]] == [str(acme.pk)]


def test_a_relation_with_an_end_out_of_sight_is_not_found(
    log_in: LogIn, bob: User, acme: Customer, stranger: Customer
) -> None:
    kind = RelationType.objects.get(code="referred-by")
    relation = Relation.objects.create(type=kind, from_customer=acme, to_customer=stranger)
    client = log_in(bob)
    assert client.get(reverse("admin:customers_relation_change", args=[relation.pk])).status_code == 404
    assert stranger.name not in client.get(reverse("admin:customers_customer_page", args=[acme.pk])).content.decode()


def test_somebody_without_the_permission_is_refused(log_in: LogIn, acme: Customer, bob: User) -> None:
    bob.groups.clear()
    assert log_in(bob).get(reverse("admin:customers_customer_page", args=[acme.pk])).status_code == 403


def test_the_navigation_holds_what_the_user_may_open(log_in: LogIn, bob: User, root: User) -> None:
    users = reverse("admin:customers_user_changelist")
    assert users not in log_in(bob).get(reverse("admin:index")).content.decode()
    assert users in log_in(root).get(reverse("admin:index")).content.decode()
