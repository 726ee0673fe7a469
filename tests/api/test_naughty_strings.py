"""The Big List of Naughty Strings through the API: stored equal or refused with 4xx, never a 5xx."""

import json
from pathlib import Path
from typing import Any

import pytest

from customers.models import Customer, Interaction, Team, User
from tests.client import as_user, url

pytestmark = [pytest.mark.django_db, pytest.mark.realdata]


@pytest.fixture
def strings(data_dir: Path) -> list[str]:
    """All of them."""
    texts: list[str] = json.loads((data_dir / "naughty_strings" / "blns.json").read_text(encoding="utf-8"))
    assert len(texts) == 515
    return texts


def is_right(response: Any, field: str, text: str, stored: Any) -> bool:
    """Whether the text was stored, and answered, exactly as it was sent, or else refused."""
    if response.status_code == 201:
        return bool(response.json()[field] == text == stored(response.json()["id"]))
    return response.status_code == 400 and list(response.json()["errors"]) == [field]


def test_in_the_name_of_a_customer(ann: User, north: Team, strings: list[str]) -> None:
    client = as_user(ann)
    taken = 0
    for text in strings:
        response = client.post(url("customers/"), {"name": text, "team": north.pk})
        assert is_right(response, "name", text, lambda pk: Customer.objects.get(pk=pk).name), text
        taken += response.status_code == 201
    assert taken > 480  # only blanks, and what is too long, are refused


def test_in_an_interaction(ann: User, acme: Customer, strings: list[str]) -> None:
    client = as_user(ann)
    for text in strings:
        data = {"customer": acme.pk, "kind": "note", "subject": "x", "body": text}
        response = client.post(url("interactions/"), data)
        assert is_right(response, "body", text, lambda pk: Interaction.objects.get(pk=pk).body), text
        data = {"customer": acme.pk, "kind": "note", "subject": text}
        response = client.post(url("interactions/"), data)
        assert is_right(response, "subject", text, lambda pk: Interaction.objects.get(pk=pk).subject), text


def test_in_a_search(ann: User, acme: Customer, strings: list[str]) -> None:
    client = as_user(ann)
    for text in strings:
        for name in ("q", "name", "email", "phone", "cursor", "team"):
            assert client.get(url("customers/"), {name: text}).status_code in (200, 400), (name, text)


def test_in_the_address(ann: User, acme: Customer, strings: list[str]) -> None:
    client = as_user(ann)
    for text in strings:
        assert client.get(url("customers/") + text).status_code in (200, 301, 400, 404), text
