"""The list of customers: what a search finds, counted, in order and cut into pages."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from customers.admin import customer_list
from customers.admin.paginator import CappedPaginator
from customers.models import Customer, Team, User
from tests.cast import NOW

pytestmark = pytest.mark.django_db
LIST = reverse("admin:customers_customer_changelist")


@pytest.fixture
def shown(client: Client, bob: User, north: Team, south: Team) -> Client:
    """Bob of North, where sixty are called Lima; one more is of South."""
    Customer.objects.bulk_create(Customer(name=f"Lima {n:02}", team=north, created_at=NOW) for n in range(60))
    Customer.objects.bulk_create([Customer(name="Lima South", team=south), Customer(name="Berg", team=north)])
    client.force_login(bob)
    return client


def names(client: Client, **asked: str) -> tuple[int, list[str]]:
    changelist = client.get(LIST, asked).context["cl"]
    return changelist.result_count, [row.name for row in changelist.result_list]


def test_a_search_counts_all_and_shows_the_newest_first(shown: Client) -> None:
    assert names(shown, q="lima") == (60, [f"Lima {n:02}" for n in range(59, 9, -1)])
    assert names(shown, q="lima", p="2") == (60, [f"Lima {n:02}" for n in range(9, -1, -1)])


def test_a_search_is_sorted_as_asked(shown: Client) -> None:
    assert names(shown, q="lima", o="1")[1] == [f"Lima {n:02}" for n in range(50)]


def test_what_fits_on_one_page_is_shown_whole(shown: Client) -> None:
    assert names(shown, q="lima 04") == (1, ["Lima 04"])
    assert names(shown, q="nobody") == (0, [])


def test_it_counts_no_further_than_other_lists(shown: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_list, "COUNTED_ROWS", 55)
    monkeypatch.setattr(CappedPaginator, "counted_rows", 55)
    response = shown.get(LIST, {"q": "lima"})
    assert response.context["cl"].result_count == 55
    assert response.context["cl"].paginator.is_capped


def test_its_tab_bears_its_name_and_a_popup_says_what_to_do(shown: Client) -> None:
    pages = [re.sub(r"\s+", " ", shown.get(LIST, asked).content.decode()) for asked in ({}, {"_popup": "1"})]
    assert "<title> Customers |" in pages[0]
    assert "<title> Select customer" in pages[1]
