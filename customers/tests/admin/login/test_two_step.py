"""Setting the second step up, by choice or because a role needs it."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from customers.models import AuditEntry, Authenticator, RecoveryCode, Session, Team, User
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.login.codes import PASSWORD, code_of, with_phone
from tests.cast import NOW, make_user

PAGE = "/admin/account/two-step/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def enforced(settings: Any) -> None:
    """Agents need two steps here."""
    settings.TOTP_ROLES = ["Agent"]


def password(name: str) -> Client:
    client = Client()
    client.post("/admin/login/", {"username": name, "password": PASSWORD})
    return client


def confirm(client: Client, user: User) -> Any:
    return client.post(PAGE, {"do": "confirm", "code": code_of(user, waiting=True)})


def test_it_shows_a_picture_and_the_secret_as_text(log_in: LogIn, ann: User) -> None:
    page = log_in(ann).get(PAGE).content.decode()
    secret = Authenticator.objects.get().next_secret
    assert " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)) in page
    picture = page.split('src="data:image/svg+xml')[1].split('"')[0]
    assert "<svg" in unquote(picture) or b"<svg" in base64.b64decode(picture.partition(",")[2])


def test_its_first_code_turns_it_on_and_shows_recovery_codes_once(log_in: LogIn, ann: User) -> None:
    client = log_in(ann)
    client.get(PAGE)
    wrong = client.post(PAGE, {"do": "confirm", "code": "000000"})
    assert "not right" in wrong.content.decode()
    page = confirm(client, ann).content.decode()
    codes = [part.split("<")[0] for part in page.split('<li><code class="cd-code">')[1:]]
    assert len(codes) == RecoveryCode.objects.count() == 10
    again = client.get(PAGE).content.decode()
    assert not any(code in again for code in codes)
    assert Authenticator.objects.get().secret


def test_it_ends_the_other_sessions(log_in: LogIn, ann: User) -> None:
    other, client = log_in(ann), log_in(ann)
    client.get(PAGE)
    confirm(client, ann)
    assert other.get(reverse("admin:index")).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("do", ["codes", "move", "off"])
def test_to_change_it_takes_a_code(log_in: LogIn, ann: User, do: str) -> None:
    codes = with_phone(ann, at=NOW - timedelta(hours=1))
    client = log_in(ann)
    assert "not right" in client.post(PAGE, {"do": do, "code": "000000"}).content.decode()
    assert Authenticator.objects.get().next_secret is None
    assert RecoveryCode.objects.filter(used_at=None).count() == 10
    response = client.post(PAGE, {"do": do, "code": codes[0]})
    assert response.status_code == (200 if do == "codes" else 302)
    if do == "codes":
        assert RecoveryCode.objects.filter(used_at=None).count() == 10
    elif do == "move":
        client.get(PAGE)
        assert Authenticator.objects.get().next_secret
        assert confirm(client, ann).status_code == 200
    else:
        assert not Authenticator.objects.exists()


def test_another_phone_is_not_confirmed_without_a_code_of_the_old_one(log_in: LogIn, ann: User, clock: Any) -> None:
    codes = with_phone(ann, at=NOW - timedelta(hours=1))
    old = Authenticator.objects.get().secret
    client = log_in(ann)
    client.post(PAGE, {"do": "move", "code": codes[0]})
    client.get(PAGE)
    clock.shift(timedelta(minutes=11))
    assert confirm(client, ann).status_code == 302
    assert Authenticator.objects.get().secret == old


def test_guesses_are_counted_here_too(log_in: LogIn, ann: User) -> None:
    with_phone(ann, at=NOW - timedelta(hours=1))
    client = log_in(ann)
    for _ in range(5):
        client.post(PAGE, {"do": "off", "code": "000000"})
    assert client.post(PAGE, {"do": "off", "code": code_of(ann)}).status_code == 429
    assert Authenticator.objects.exists()


@pytest.mark.usefixtures("enforced")
def test_whoever_needs_it_sees_nothing_else_until_it_is_set_up(ann: User) -> None:
    client = password("ann")
    for name in ("index", "customers_customer_changelist", "own_sessions", "own_tokens", "desk", "search"):
        response = client.get(reverse(f"admin:{name}"))
        assert (response.status_code, response["Location"]) == (302, PAGE), name
    refused = client.get("/api/v1/customers/")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_step_missing")
    page = client.get(PAGE)
    assert "nav-sidebar" not in page.content.decode()
    assert confirm(client, ann).status_code == 200
    assert client.get(reverse("admin:index")).status_code == 200
    assert client.get("/api/v1/customers/").status_code == 200


@pytest.mark.usefixtures("enforced")
def test_other_roles_are_left_in_peace(bob: User) -> None:
    assert password("bob").get(reverse("admin:index")).status_code == 200


def test_superusers_need_it_wherever_anybody_does(root: User, settings: Any) -> None:
    settings.TOTP_ROLES = ["Administrator"]
    assert password("root").get(reverse("admin:index"))["Location"] == PAGE


def test_a_session_that_is_there_is_led_too_once_the_role_needs_it(log_in: LogIn, north: Team, settings: Any) -> None:
    settings.TOTP_ROLES = ["Lead"]
    user = make_user("lea", north)
    client = log_in(user)
    assert client.get(reverse("admin:index")).status_code == 200
    user.groups.create(name="Lead of leads")
    settings.TOTP_ROLES = ["Lead of leads"]
    assert client.get(reverse("admin:index"))["Location"] == PAGE


@pytest.mark.usefixtures("enforced")
def test_nobody_who_needs_it_switches_it_off(ann: User) -> None:
    codes = with_phone(ann, at=NOW - timedelta(hours=1))
    client = password("ann")
    client.post("/admin/login/code/", {"code": code_of(ann)})
    assert 'name="do" value="off"' not in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"do": "off", "code": codes[0]}).status_code == 403
    assert Authenticator.objects.get().secret


@pytest.mark.usefixtures("enforced")
def test_a_session_that_never_showed_a_code_ends_where_one_is_needed(log_in: LogIn, ann: User) -> None:
    with_phone(ann, at=NOW - timedelta(hours=1))
    client = log_in(ann)  # as if from before
    assert client.get(reverse("admin:index"))["Location"] == "/admin/login/"
    assert not Session.objects.filter(user=ann).exists()


def test_an_administrator_resets_it_and_that_is_on_record(log_in: LogIn, ann: User) -> None:
    with_phone(ann, at=NOW - timedelta(hours=1))
    hers, admin = log_in(ann), log_in(make_user("carla", role="Administrator"))
    assert "Reset the second step" in admin.get(reverse("admin:customers_user_change", args=[ann.pk])).content.decode()
    admin.post(reverse("admin:customers_user_reset_two_steps", args=[ann.pk]))
    assert not Authenticator.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert hers.get(reverse("admin:index")).status_code == 302
    entry = AuditEntry.objects.get(verb="remove_authenticator")
    assert (entry.object_id, entry.actor and entry.actor.username) == (str(ann.pk), "carla")


def test_nobody_else_resets_it(log_in: LogIn, ann: User, bob: User, root: User) -> None:
    for user in (ann, root):
        with_phone(user, at=NOW - timedelta(hours=1))
    carla = make_user("carla", role="Administrator")
    for who, whose, status in ((bob, ann, 403), (carla, root, 403)):
        address = reverse("admin:customers_user_reset_two_steps", args=[whose.pk])
        assert log_in(who).post(address).status_code == status
    assert log_in(carla).get(reverse("admin:customers_user_reset_two_steps", args=[ann.pk])).status_code == 405
    assert Authenticator.objects.count() == 2
