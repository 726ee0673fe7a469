"""After the password: a code, and until then nothing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from customers.models import Session, User
from customers.operations.remove_authenticator import remove_authenticator
from customers.tests.admin.login.codes import PASSWORD, code_of, with_phone
from tests.cast import NOW

CODE = "/admin/login/code/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def codes(ann: User) -> list[str]:
    """Ann's recovery codes: her phone was set up an hour ago."""
    return with_phone(ann, at=NOW - timedelta(hours=1))


def password(client: Client, **more: Any) -> Any:
    return client.post("/admin/login/", {"username": "ann", "password": PASSWORD, **more})


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200


def test_a_password_alone_opens_nothing(client: Client, codes: list[str]) -> None:
    assert password(client)["Location"] == CODE
    assert not is_in(client)
    assert client.get("/api/v1/customers/").status_code == 401
    assert not Session.objects.exclude(user=None).exists()


def test_the_code_opens_the_page_that_was_asked_for(client: Client, ann: User, codes: list[str]) -> None:
    wanted = reverse("admin:customers_customer_changelist")
    password(client, next=wanted)
    assert client.get(CODE).status_code == 200
    response = client.post(CODE, {"code": code_of(ann)})
    assert (response.status_code, response["Location"]) == (302, wanted)
    assert is_in(client)


def test_a_code_that_opened_one_session_opens_no_other(client: Client, ann: User, codes: list[str]) -> None:
    password(client)
    client.post(CODE, {"code": code_of(ann)})
    other = Client()
    password(other)
    response = other.post(CODE, {"code": code_of(ann)})
    assert response.status_code == 200
    assert "not right, or was used before" in response.content.decode()
    assert not is_in(other)


def test_a_recovery_code_opens_it_once_and_says_how_many_are_left(client: Client, codes: list[str]) -> None:
    password(client)
    page = client.post(CODE, {"code": codes[0]}, follow=True).content.decode()
    assert "9 are left" in page
    other = Client()
    password(other)
    assert other.post(CODE, {"code": codes[0]}).status_code == 200
    assert not is_in(other)


def test_too_many_wrong_codes_lock_it_in_every_session(client: Client, ann: User, codes: list[str], clock: Any) -> None:
    password(client)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    response = client.post(CODE, {"code": code_of(ann)})
    assert (response.status_code, response["Retry-After"]) == (429, "30")
    other = Client()
    password(other)
    assert other.post(CODE, {"code": code_of(ann)}, REMOTE_ADDR="198.51.100.7").status_code == 429
    clock.shift(timedelta(seconds=31))
    assert client.post(CODE, {"code": code_of(ann)}).status_code == 302


def test_a_right_password_does_not_forgive_wrong_codes(client: Client, ann: User, codes: list[str]) -> None:
    for _ in range(5):
        password(client)
        client.post(CODE, {"code": "000000"})
    password(client)
    assert client.post(CODE, {"code": code_of(ann)}).status_code == 429


@pytest.mark.parametrize("change", ["time", "password", "left", "nothing"])
def test_without_a_fresh_password_there_is_no_second_step(
    client: Client, ann: User, codes: list[str], clock: Any, change: str
) -> None:
    if change != "nothing":
        password(client)
    if change == "time":
        clock.shift(timedelta(minutes=11))
    elif change == "password":
        ann.set_password("another horse")
        ann.save()
    elif change == "left":
        User.objects.update(is_active=False)
    assert client.post(CODE, {"code": code_of(ann)})["Location"] == "/admin/login/"
    assert not is_in(client)


def test_when_it_was_reset_meanwhile_the_old_code_opens_nothing(client: Client, ann: User, codes: list[str]) -> None:
    code = code_of(ann)
    password(client)
    remove_authenticator(user=ann)
    assert client.post(CODE, {"code": code}).status_code == 200
    assert not is_in(client)
