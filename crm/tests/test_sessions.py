"""Sessions end when nobody is there, and in any case in the evening; a stolen database opens none."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from crm.sessions import SessionStore
from customers.models import Session, User, digest_of_key
from tests.cast import NOW

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def tab(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("admin:index")).status_code == 200


def test_it_ends_after_three_idle_hours(tab: Client, clock: Any) -> None:
    clock.shift(3 * HOUR - timedelta(seconds=1))
    assert is_in(tab)
    clock.shift(3 * HOUR + timedelta(seconds=1))
    assert not is_in(tab)


def test_it_ends_twelve_hours_after_the_log_in_whatever_was_done(tab: Client, clock: Any) -> None:
    for _ in range(11):
        clock.shift(HOUR)
        assert is_in(tab)
    assert tab.cookies["sessionid"]["max-age"] == 3600
    clock.shift(HOUR)
    assert not is_in(tab)


def test_both_limits_are_settings(tab: Client, settings: Any, clock: Any) -> None:
    settings.SESSION_COOKIE_AGE, settings.SESSION_LONGEST = 600, 900
    assert is_in(tab)
    clock.shift(timedelta(seconds=599))
    assert is_in(tab)
    clock.shift(timedelta(seconds=301))
    assert not is_in(tab)


def test_to_log_in_again_begins_anew(tab: Client, ann: User, clock: Any) -> None:
    clock.shift(2 * HOUR)
    tab.post(reverse("admin:logout"))
    tab.force_login(ann)
    assert Session.objects.get().begun_at == NOW + 2 * HOUR


def test_the_database_holds_no_key_of_a_session(tab: Client) -> None:
    key = tab.cookies["sessionid"].value
    row = Session.objects.get()
    assert row.pk == digest_of_key(key)
    assert key not in f"{row.pk} {row.session_data}"
    thief = Client()
    thief.cookies["sessionid"] = row.pk
    assert not is_in(thief)


def test_it_is_known_whose_it_is_and_where_it_was_seen(tab: Client, ann: User) -> None:
    tab.get(reverse("admin:index"), REMOTE_ADDR="198.51.100.7")
    row = Session.objects.get()
    assert (row.user, row.begun_at, row.seen_at, row.address) == (ann, NOW, NOW, "198.51.100.7")


def test_a_deleted_session_is_not_written_again_by_a_request_that_is_under_way(tab: Client) -> None:
    store = SessionStore(tab.cookies["sessionid"].value)
    store.load()
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()
    assert not is_in(tab)
    assert not Session.objects.exclude(user=None).exists()


def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(tab: Client, ann: User, clock: Any) -> None:
    address = reverse("admin:customers_export_progress", args=[1])
    clock.shift(2 * HOUR)
    tab.get(address)
    assert Session.objects.get().seen_at == NOW
    clock.shift(HOUR)
    assert not is_in(tab)


def test_the_store_keeps_what_it_is_told(db: None) -> None:
    store = SessionStore()
    store["a"] = 1
    store.create()
    assert SessionStore(store.session_key)["a"] == 1
    assert store.exists(store.session_key)
    store.delete()
    assert not store.exists(store.session_key)
    assert SessionStore(store.session_key).get("a") is None


def test_a_database_that_went_away_is_not_the_fault_of_the_request(
    tab: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab.raise_request_exception = False

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(Session, "save", away)
    assert tab.get(reverse("admin:index")).status_code == 500
