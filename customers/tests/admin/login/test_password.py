"""Passwords: what they must be is said at the form, and a new one ends all other sessions."""

from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.test import Client
from django.urls import reverse

from customers.models import User
from customers.tests.admin.conftest import LogIn
from customers.tests.admin.login.codes import PASSWORD
from tests.cast import make_user

PAGE = "/admin/password_change/"
GOOD = "a stable full of staples"


def change(client: Client, new: str, old: str = PASSWORD) -> Any:
    return client.post(PAGE, {"old_password": old, "new_password1": new, "new_password2": new})


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200


def test_the_rules_are_said_at_the_form(log_in: LogIn, ann: User) -> None:
    page = log_in(ann).get(PAGE).content.decode()
    assert "at least 12 characters" in page
    assert "commonly used password" in page
    assert "too similar to your other personal information" in page


@pytest.mark.parametrize("bad", ["short horse", "password1234", "123456789012345", "annalena.north1"])
def test_bad_ones_are_refused(log_in: LogIn, ann: User, bad: str) -> None:
    User.objects.filter(pk=ann.pk).update(username="annalena.north")
    client = log_in(User.objects.get(pk=ann.pk))
    assert change(client, bad).status_code == 200
    assert User.objects.get(pk=ann.pk).check_password(PASSWORD)


def test_a_new_one_ends_all_other_sessions(log_in: LogIn, ann: User) -> None:
    other, client = log_in(ann), log_in(ann)
    assert change(client, GOOD).status_code == 302
    assert is_in(client)
    assert not is_in(other)
    assert ann.sessions.count() == 1


def test_guesses_at_the_old_one_are_counted(log_in: LogIn, ann: User) -> None:
    client = log_in(ann)
    for _ in range(5):
        change(client, GOOD, old="wrong")
    assert change(client, GOOD).status_code == 429
    assert User.objects.get(pk=ann.pk).check_password(PASSWORD)


def test_one_that_an_administrator_sets_ends_all_sessions(log_in: LogIn, ann: User) -> None:
    hers, admin = log_in(ann), log_in(make_user("carla", role="Administrator"))
    address = reverse("admin:auth_user_password_change", args=[ann.pk])
    data = {"password1": GOOD, "password2": GOOD, "usable_password": "true", "set-password": "1"}
    assert admin.post(address, data).status_code == 302
    assert not is_in(hers)
    assert not ann.sessions.exists()
    assert is_in(admin)


def test_new_passwords_are_hashed_by_argon2id(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    stored = make_password(GOOD)
    assert stored.startswith("argon2$argon2id$")
    assert identify_hasher(stored).algorithm == "argon2"
