"""Naughty strings in every address that is asked: of lists their search and filters, of pages their parameters, and the
keys in the address itself. Never a 5xx, never markup."""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from customers.models import User
from tests.api.world import World
from tests.figures import tell
from tests.naughty.addresses import addresses, room_of
from tests.naughty.pages import Planted, forms_of
from tests.naughty.strings import STRINGS, as_sent, strings_for
from tests.naughty.test_admin import ROOMS

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once("postgres", reason="the strictest about texts and numbers"),
]

ASKED_BY_SCRIPTS = {
    "autocomplete": ["term", "app_label", "model_name", "field_name"],
    "search": ["s", "extended"],
    "desk_pulse": ["ticket", "seen"],
    "desk_list": ["view", "q", "after"],
    "desk_macros": ["q"],
    "customers_customer_others": ["q"],
    "customers_customer_tag_names": ["q"],
    "customers_customer_timeline": ["before", "kind"],
}
OF_LISTS = ["p", "o", "e", "all", "_popup", "_to_field", "_changelist_filters", "no_such_filter", "pk__in", "id__exact"]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Not a line for each request."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def asked_of(name: str, address: str, html: str) -> set[str]:
    """The parameters of an address."""
    shown = {field for form in forms_of(address, html) if form.method == "get" for field in form.names}
    return shown | {*ASKED_BY_SCRIPTS.get(name, ())} | ({*OF_LISTS} if name.endswith("_changelist") else set())


@pytest.mark.parametrize("room", ROOMS)
def test_whatever_is_asked_is_answered(room: str, root: User, world: World) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(root)
    wrong: list[str] = []
    sent = 0
    for name, address in addresses(world):
        if room_of(name) != room or name.endswith(("_history", "_delete", "_add")):
            continue
        page: Any = client.get(address)
        html = "" if page.streaming else page.content.decode("utf-8", "replace")
        for field in sorted(asked_of(name, address, html)):
            for text in strings_for(f"{name} {field}")[-1:] if len(STRINGS) else ():
                response: Any = client.get(f"{address}?{field}={quote(as_sent(text), safe='')}")
                sent += 1
                if response.status_code >= 500:
                    wrong.append(f"{address}?{field}= with {text[:60]!r}: {response.status_code}")
                elif not response.streaming and (found := Planted(response.content.decode("utf-8", "replace")).found):
                    wrong.append(f"{address}?{field}= with {text[:60]!r}: markup {found[:2]}")
    tell("naughty_asked", sent, "requests", room)
    assert not wrong, "\n".join([f"{len(wrong)} findings", *wrong[:60]])
