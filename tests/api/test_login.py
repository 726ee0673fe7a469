"""How programs and people log in to the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import ApiToken, Customer, User
from tests.client import url, with_token

pytestmark = pytest.mark.django_db


def test_a_program_sends_a_token(ann: User, acme: Customer) -> None:
    assert with_token(ann).get(url(f"customers/{acme.pk}/")).json()["name"] == "Acme Pumps"


@pytest.mark.parametrize(
    "change", [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"revoked_at": timezone.now()}]
)
def test_a_token_that_ended_opens_nothing(ann: User, change: dict[str, Any]) -> None:
    client = with_token(ann)
    ApiToken.objects.update(**change)
    assert client.get(url("customers/")).status_code == 401


def test_a_page_of_ours_asks_with_the_session_and_a_csrf_token(ann: User, acme: Customer) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ann)
    assert client.get(url("customers/")).status_code == 200
    data = {"customer": acme.pk, "kind": "call", "subject": "x"}
    forged = client.post(url("interactions/"), data, content_type="application/json")
    assert forged.status_code == 403
    client.cookies["csrftoken"] = "a" * 32
    asked = client.post(url("interactions/"), data, content_type="application/json", headers={"X-CSRFToken": "a" * 32})
    assert asked.status_code == 201, asked.content
