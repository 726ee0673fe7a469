"""The log-in page: the same answer for everybody who is not let in."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from customers.models import LoginLock, Session, User
from customers.tests.admin.login.codes import PASSWORD
from tests.cast import NOW

LOGIN = "/admin/login/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def post(client: Client, name: str, password: str, **more: Any) -> Any:
    return client.post(LOGIN, {"username": name, "password": password}, **more)


def said(response: Any) -> str:
    """The page without what is different each time, and without the name that was typed."""
    text = re.sub(r'value="[^"]*"', "", response.content.decode())
    return re.sub(r"/static/\S+", "", text)


def test_a_right_password_opens_the_page_that_was_asked_for(client: Client, ann: User) -> None:
    wanted = reverse("admin:customers_customer_changelist")
    response = client.post(f"{LOGIN}?next={wanted}", {"username": "ann", "password": PASSWORD, "next": wanted})
    assert (response.status_code, response["Location"]) == (302, wanted)
    assert client.get(wanted).status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_never_leads_to_another_host(client: Client, ann: User, elsewhere: str) -> None:
    response = client.post(LOGIN, {"username": "ann", "password": PASSWORD, "next": elsewhere})
    assert response["Location"] == reverse("admin:index")


def test_wrong_unknown_inactive_and_no_staff_are_answered_alike(
    client: Client, ann: User, bob: User, otto: User
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    User.objects.filter(pk=otto.pk).update(is_staff=False)
    answers = [
        post(client, *pair) for pair in (("ann", "wrong"), ("nobody", "wrong"), ("bob", PASSWORD), ("otto", PASSWORD))
    ]
    assert {response.status_code for response in answers} == {200}
    assert len({said(response) for response in answers}) == 1


def test_an_unknown_name_costs_as_much_as_a_wrong_password(
    client: Client, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    costs = []
    for name in ("ann", "nobody"):
        hashed.clear()
        post(client, name, "wrong")
        costs.append(len(hashed))
    assert costs == [1, 1]


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_too_many_failures_are_answered_alike_for_any_name(client: Client, ann: User, name: str, clock: Any) -> None:
    for _ in range(5):
        post(client, name, "wrong")
    response = post(client, name, PASSWORD)
    assert response.status_code == 429
    assert response["Retry-After"] == "30"
    assert "Too many attempts failed. Try again in 1\xa0minute" in response.content.decode()
    clock.shift(timedelta(seconds=31))
    assert post(client, name, PASSWORD).status_code == (302 if name == "ann" else 200)


def test_locks_outlive_everything_but_the_database(client: Client, ann: User) -> None:
    for _ in range(5):
        post(client, "ann", "wrong")
    assert post(Client(), "ann", PASSWORD, REMOTE_ADDR="198.51.100.7").status_code == 429


def test_success_forgives(client: Client, ann: User) -> None:
    for _ in range(3):
        for _ in range(4):
            post(client, "ann", "wrong")
        assert post(client, "ann", PASSWORD).status_code == 302
        client.post(reverse("admin:logout"))
        LoginLock.objects.filter(kind="address").delete()


def test_the_session_gets_a_new_key_and_says_where_it_began(client: Client, ann: User) -> None:
    client.get(LOGIN)
    client.session["kept"] = 1
    before = client.cookies.get("sessionid")
    post(client, "ann", PASSWORD, REMOTE_ADDR="198.51.100.7", HTTP_USER_AGENT="Mozilla/5.0 Firefox/140.0")
    row = Session.objects.get(user=ann)
    assert before is None or before.value != client.cookies["sessionid"].value
    assert (row.address, row.browser, row.begun_at) == ("198.51.100.7", "Mozilla/5.0 Firefox/140.0", NOW)


def test_whoever_is_in_goes_on(client: Client, ann: User) -> None:
    client.force_login(ann)
    assert client.get(LOGIN)["Location"] == reverse("admin:index")


def test_it_says_that_one_step_is_enough_here_and_why(client: Client, settings: Any, db: None) -> None:
    assert "Two-step log-in is not required here" in client.get(LOGIN).content.decode()
    settings.TOTP_ROLES = ["Administrator"]
    assert "Two-step log-in is not required here" not in client.get(LOGIN).content.decode()


def test_without_local_log_in_no_password_is_taken(client: Client, ann: User, settings: Any) -> None:
    settings.LOCAL_LOGIN = False
    assert "id_password" not in client.get(LOGIN).content.decode()
    assert post(client, "ann", PASSWORD).status_code == 403
    assert not Session.objects.filter(user=ann).exists()
