"""Sessions and log-in locks over the API: administrators see them, end and lift them; nobody else knows of them."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import AuditEntry, LoginLock, Session, User
from customers.operations.issue_token import issue_token
from tests.cast import NOW, make_user
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def carla(db: None) -> User:
    return make_user("carla", role="Administrator")


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200


def test_it_lists_who_is_logged_in_and_ends_it(ann: User, carla: User) -> None:
    browser, program = logged_in(ann), as_user(carla)
    Session.objects.create(session_key="0" * 64, user=ann, seen_at=NOW, expire_date=NOW)  # over
    Session.objects.create(session_key="1" * 64, seen_at=NOW, expire_date=timezone.now() + timedelta(days=1))  # nobody
    (row,) = program.get(url("sessions/")).json()["results"]
    assert row["user"] == "ann" and str(browser.session.session_key) not in str(row)
    assert program.get(url(f"sessions/{row['id']}/")).json() == row
    assert program.post(url(f"sessions/{row['id']}/end/"), {}, format="json").status_code == 204
    assert not is_in(browser)
    assert program.post(url(f"sessions/{row['id']}/end/"), {}, format="json").status_code == 404
    entry = AuditEntry.objects.get(verb="end_sessions")
    assert (entry.object_id, entry.model) == (str(ann.pk), "customers.user")


def test_only_superusers_end_those_of_superusers(root: User, carla: User) -> None:
    browser = logged_in(root)
    address = url(f"sessions/{Session.objects.get(user=root).pk}/end/")
    answer = as_user(carla).post(address, {}, format="json")
    assert answer.status_code == 403 and "superuser" in answer.json()["detail"]
    assert is_in(browser)
    assert as_user(root).post(address, {}, format="json").status_code == 204


@pytest.mark.parametrize("key", ["1", "x", "0" * 64, "%00", "F" * 64])
def test_what_is_no_session_is_not_there(carla: User, key: str) -> None:
    assert as_user(carla).get(url(f"sessions/{key}/")).status_code == 404


def test_locks_are_listed_and_lifted(ann: User, carla: User) -> None:
    program = as_user(carla)
    lock = LoginLock.objects.create(kind="name", key="user 1", user=ann, failures=5, last_failed_at=NOW)
    LoginLock.objects.create(kind="name", key="a password", failures=5, last_failed_at=NOW, address="198.51.100.7")
    LoginLock.objects.create(kind="address", key="198.51.100.8", failures=0, last_failed_at=NOW)
    answer = program.get(url("login-locks/"))
    assert len(ids(answer)) == 2
    assert "a password" not in answer.content.decode()
    assert {row["user"] for row in answer.json()["results"]} == {"ann", None}
    assert program.post(url(f"login-locks/{lock.pk}/lift/"), {}, format="json").status_code == 204
    assert not LoginLock.objects.filter(pk=lock.pk).exists()
    assert AuditEntry.objects.filter(kind="removed", model="customers.loginlock", object_id=str(lock.pk)).exists()


@pytest.mark.parametrize("path", ["sessions/", "login-locks/"])
def test_nobody_else_sees_them(ann: User, bob: User, path: str) -> None:
    for user in (ann, bob):
        assert as_user(user).get(url(path)).status_code == 403


@pytest.mark.parametrize("path", ["sessions/", "login-locks/"])
def test_a_token_needs_the_scope_of_accounts(carla: User, path: str) -> None:
    program = Client()
    for scope, status in (("customers:write", 403), ("account:read", 200)):
        _row, token = issue_token(user=carla, name="x", at=timezone.now(), scopes=[scope])
        assert program.get(url(path), HTTP_AUTHORIZATION=f"Bearer {token}").status_code == status
