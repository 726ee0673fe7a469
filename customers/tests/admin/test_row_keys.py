"""What is posted in place of a row's key is refused, and shown again."""

import pytest
from django.test import Client
from django.urls import reverse

from customers.admin.row_keys import is_key
from customers.models import Customer, User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", ["acme", "٣", "-1", "9" * 19, "\x00", "1.0"])
def test_a_choice_that_is_no_key_is_refused(ann: User, acme: Customer, client: Client, key: str) -> None:
    client.force_login(ann)
    data = {"customer": key, "kind": "note", "direction": "", "subject": "x", "body": "", "at_0": "", "at_1": ""}
    response = client.post(reverse("admin:customers_interaction_add"), data)
    assert response.status_code == 200
    assert "customer" in response.context["adminform"].form.errors


def test_a_key_is_a_number_that_every_database_takes() -> None:
    assert is_key("17") and is_key("9" * 18)
    assert not any(map(is_key, ["", "x", "９", "²", "-1", "1" * 19]))


@pytest.mark.parametrize("address", ["customers/customattribute/?type__exact=%00", "customers/customer/?nothing=%00"])
def test_a_filter_that_no_database_takes_shows_the_list_without_it(root: User, client: Client, address: str) -> None:
    client.force_login(root)
    response = client.get(f"/admin/{address}")
    assert response.status_code == 302
    assert response.headers["Location"].endswith("?e=1")
