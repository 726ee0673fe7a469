"""What stands beside the builder of segments: who is in it now, and the search in long lists of choices."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Product, Segment, User
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.test_segments import LIST, TWO
from customers.tests.admin.test_segments import client as client
from customers.tests.admin.test_segments import segment as segment
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def test_the_preview_counts_and_shows_the_first(client: Client, acme: Customer, wang: Customer) -> None:
    text = client.post(reverse("admin:customers_segment_preview"), TWO).content.decode()
    assert 'data-count="2"' in text
    assert "Acme Pumps" in text
    assert "Customers in GB or CN with at most 2 orders (status: Placed or Shipped) in the last 90 days" in text
    wrong = client.post(reverse("admin:customers_segment_preview"), {**TWO, "g0-c1-value": ""}).content.decode()
    assert "Group 1, condition 2" in wrong
    empty = client.post(reverse("admin:customers_segment_preview"), {"groups": ["0"], "g0-conditions": ["0"]})
    assert "Choose what to ask for" in empty.content.decode()


def test_each_sees_their_own_customers_in_the_preview(log_in: LogIn, otto: User, acme: Customer) -> None:
    text = log_in(otto).post(reverse("admin:customers_segment_preview"), TWO).content.decode()
    assert 'data-count="0"' in text
    assert "Acme" not in text


def test_long_lists_of_choices_are_searched(client: Client) -> None:
    rows = [Product(sku=f"P{n}", name=f"Pump {n:03}") for n in range(80)]
    Product.objects.bulk_create(rows)
    chosen = Product.objects.get(sku="P7")
    data = {
        **TWO,
        "g0-conditions": ["0"],
        "g0-c0-was": "product",
        "g0-c0-fact": "product",
        "g0-c0-op": "one_of",
        "g0-c0-value": [str(chosen.pk)],
    }
    builder = client.post(reverse("admin:customers_segment_builder"), data).context["builder"]
    picker = builder.groups[0].conditions[0].picker
    assert picker.is_searched
    assert [option.label for option in picker.options] == ["Pump 007"]
    found = client.get(f"{picker.search_url}&{picker.search_name}=pump+01").content.decode()
    assert "Pump 010" in found
    assert "Pump 020" not in found
    again = client.post(reverse("admin:customers_segment_builder"), {**data, "g0-c0-search-value": "pump 01"})
    labels = [option.label for option in again.context["builder"].groups[0].conditions[0].picker.options]
    assert labels[:2] == ["Pump 007", "Pump 010"]


def test_there_is_nothing_to_search_where_nothing_is_chosen(client: Client) -> None:
    address = reverse("admin:customers_segment_options")
    for query in ("", "?fact=orders&part=value", "?fact=lost&part=value", "?fact=orders&part=lost"):
        assert client.get(address + query).status_code == 404


def test_whoever_may_see_no_customers_counts_none(log_in: LogIn, segment: Segment) -> None:
    client = log_in(make_user("nobody"))
    assert client.post(reverse("admin:customers_segment_preview"), TWO).status_code == 403
    assert client.get(reverse("admin:customers_segment_count", args=[segment.pk])).status_code == 403
    assert client.get(reverse(LIST)).status_code == 403
