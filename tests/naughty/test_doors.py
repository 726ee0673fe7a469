"""Naughty strings before the log-in, in the names of files, and in keys within addresses."""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse

from customers.models import User
from services.models import Attachment
from tests.api.world import World
from tests.naughty.addresses import addresses
from tests.naughty.pages import Planted
from tests.naughty.strings import STRINGS, as_read, as_sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Not a line for each request."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def test_in_place_of_a_name_and_a_password(settings: Any) -> None:
    settings.LOGIN_FREE_FAILURES = 10**6
    client = Client(raise_request_exception=False)
    for text in STRINGS:
        response = client.post(reverse("admin:login"), {"username": as_read(text), "password": as_read(text)})
        assert response.status_code in (200, 400, 403, 429), text[:60]
        assert Planted(response.content.decode()).found == [], text[:60]


@pytest.mark.parametrize("name", ["second_step", "sso", "sso_callback"])
def test_at_the_other_doors(name: str) -> None:
    client = Client(raise_request_exception=False)
    for text in STRINGS:
        query = f"?code={quote(as_sent(text))}&state={quote(as_sent(text))}&next={quote(as_sent(text))}"
        for response in (client.post(reverse(f"admin:{name}"), {"code": as_read(text)}),
                         client.get(reverse(f"admin:{name}") + query)):  # fmt: skip
            assert response.status_code < 500, text[:60]


def test_as_the_name_of_a_file(root: User, world: World) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(root)
    address = reverse("admin:desk_attach", args=[world["ticket"]])
    taken = 0
    for text in STRINGS:
        file = SimpleUploadedFile("x", b"text")
        file.name = as_read(text)[:3000] + ".txt"  # as a browser of somebody else might
        with transaction.atomic():
            response = client.post(address, {"kind": "note", "file": file})
            names = [*Attachment.objects.values_list("name", flat=True)]
            transaction.set_rollback(True)
        assert response.status_code in (200, 400, 422), text[:60]
        assert Planted(response.content.decode()).found == [], text[:60]
        assert not any("/" in name or "\x00" in name for name in names), text[:60]
        taken += response.status_code == 200
    assert taken > 60


def test_as_the_key_in_an_address(root: User, world: World) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(root)
    keys = [
        "9223372036854775808",
        "9" * 400,
        "0",
        "-1",
        "a\x00b",
        "１２٣",
        "%ED%A0%80",
        "_00",
        "x" * 2000,
        "1.0",
        " ",
    ]
    wrong = []
    for name, address in addresses(world):
        if name.endswith("_change"):
            for key in keys:
                at = address.rpartition("/change/")[0].rpartition("/")[0] + f"/{quote(key)}/change/"
                status = client.get(at).status_code
                if status not in (302, 403, 404):
                    wrong.append((at[:120], status))
    assert wrong == []
