"""A whole page of text in place of a few words to look for: databases take few conditions, and short ones."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from customers.models import User
from tests.api.world import World
from tests.client import as_user

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once("sqlite", reason="the limit of words and of length stands in the product"),
]

LONG = {"many words": "a " * 2_000, "a long one": "x" * 100_000, "in quotes": '"' + "长 " * 4_000 + '"'}
OF_SCRIPTS = ["admin:search", "admin:desk_list", "admin:services_rule_options", "admin:customers_segment_options"]
OF_THE_API = {
    "customer-list": ["q", "name", "search"],
    "product-list": ["q", "name"],
    "customerscore-list": ["name"],
    "ticket-list": ["q", "search"],
    "tag-list": ["q", "name"],
    "segment-list": ["q", "name"],
    "relation-list": ["q", "name"],
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_lists_look_for_it(root: User, world: World, text: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(root)
    answers = {}
    for model in admin.site._registry:
        address = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        answers[address] = client.get(reverse(address), {"q": text}).status_code
    assert {name for name, status in answers.items() if status >= 500} == set()


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_so_does_what_completes_a_word(root: User, world: World, text: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(root)
    asked: list[tuple[str, dict[str, str]]] = [
        (reverse(name), {field: text, "fact": "tag"}) for name in OF_SCRIPTS for field in ("q", "s", "term", "search")
    ]
    asked.append((reverse("admin:desk_macros", args=[world["ticket"]]), {"q": text}))
    asked.append((reverse("admin:customers_customer_others", args=[world["customer"]]), {"q": text}))
    asked.append((reverse("admin:customers_customer_tag_names"), {"q": text}))
    of_a_ticket = {"app_label": "services", "model_name": "ticket", "field_name": "queue", "term": text}
    asked.append((reverse("admin:autocomplete"), of_a_ticket))
    assert [address for address, data in asked if client.get(address, data).status_code >= 500] == []


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_so_does_the_api(root: User, world: World, text: str) -> None:
    client = as_user(root)
    client.raise_request_exception = False
    wrong: list[Any] = []
    for name, fields in OF_THE_API.items():
        for field in fields:
            status = client.get(reverse(name), {field: text}).status_code
            if status >= 500:
                wrong.append((name, field, status))
    assert wrong == []
