"""How much one token and one address may ask in a minute."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
import time_machine
from django.contrib.auth.models import Group

from customers.api import counting
from customers.api.counting import count
from customers.models import User
from tests.cast import NOW
from tests.client import url, with_token

NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def alone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that reaches no Redis."""
    settings.REDIS_URL = NOBODY
    monkeypatch.setattr(counting, "_here", {})
    monkeypatch.setattr(counting, "_resting_until", 0.0)


@pytest.fixture
def limits(settings: Any, alone: None) -> Any:
    """Small ones."""
    settings.API_LIMITS = {"token": 3, "address": 1000, "stranger": 2}
    return settings


pytestmark = pytest.mark.django_db


def test_one_token_has_its_share_and_another_its_own(ann: User, bob: User, limits: Any, clock: Any) -> None:
    first, second = with_token(ann), with_token(ann)
    assert [first.get(url("queues/")).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = first.get(url("queues/"))
    assert (refused.json()["code"], 0 < int(refused["Retry-After"]) <= 60) == ("throttled", True)
    assert second.get(url("queues/")).status_code == 200
    clock.shift(121)
    assert first.get(url("queues/")).status_code == 200


def test_requests_that_are_refused_count_as_well(ann: User, limits: Any) -> None:
    ann.groups.set(Group.objects.filter(name="none"))
    client = with_token(ann)
    assert [client.get(url("customers/")).status_code for _ in range(4)] == [403, 403, 403, 429]


def test_many_tokens_of_one_address_do_not_help(ann: User, limits: Any) -> None:
    limits.API_LIMITS = {"token": 1000, "address": 3, "stranger": 1000}
    answers = [with_token(ann).get(url("queues/")).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert with_token(ann).get(url("queues/"), REMOTE_ADDR="198.51.100.7").status_code == 200


def test_whoever_guesses_tokens_is_held_back_and_a_right_one_still_works(client: Any, ann: User, limits: Any) -> None:
    guesses = [
        client.get(url("queues/"), headers={"Authorization": f"Bearer candid_{n}"}).status_code for n in range(4)
    ]
    assert guesses == [401, 401, 429, 429]
    assert with_token(ann).get(url("queues/")).status_code == 200


def test_a_forwarded_address_of_the_clients_own_is_not_believed(client: Any, limits: Any) -> None:
    answers = [client.get(url("queues/"), headers={"X-Forwarded-For": f"6.6.6.{n}"}).status_code for n in range(4)]
    assert answers == [401, 401, 429, 429]


def test_a_dead_redis_is_asked_once_in_a_while_only(alone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def fails(key: str, minute: int) -> tuple[int, int]:
        asked.append(key)
        raise redis.ConnectionError

    monkeypatch.setattr(counting, "_count_in_redis", fails)
    assert [count("a", now=60.0) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert asked == ["a"]


def test_the_minute_slides(alone: None) -> None:
    for _ in range(10):
        count("b", now=600.0)
    assert count("b", now=660.0) == 11  # all of the minute before lie within 60 seconds
    assert count("b", now=690.0) == 2 + 5
    assert count("b", now=900.0) == 1


def test_what_is_over_is_forgotten(alone: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_KEYS", 3)
    for number in range(3):
        count(f"old {number}", now=0.0)
    count("new", now=600.0)
    assert set(counting._here) == {"new"}


@pytest.mark.parametrize("turn", range(2))
def test_what_was_asked_in_other_tests_does_not_count(settings: Any, turn: int) -> None:
    settings.REDIS_URL = NOBODY
    assert count("others", now=NOW.timestamp()) == 1


def a_database(redis_url: str, number: int, settings: Any) -> redis.Redis:
    """A numbered database of the real server for one test alone, and empty: the others of this run use the first."""
    settings.REDIS_URL = f"{redis_url.rsplit('/', 1)[0]}/{number}"
    server = counting._server(settings.REDIS_URL)
    server.flushdb()
    return server


@pytest.mark.redis
def test_all_processes_count_together(redis_url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_resting_until", 0.0)
    a_database(redis_url, 13, settings)
    key = uuid.uuid4().hex
    with ThreadPoolExecutor(8) as threads:  # each request is one command to the server, whoever sends it
        counts = list(threads.map(lambda _number: count(key, now=60.0), range(200)))
    assert sorted(counts) == list(range(1, 201))
    assert key not in counting._here


@pytest.mark.redis
def test_redis_holds_no_address(redis_url: str, ann: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.API_LIMITS = {"token": 9, "address": 9, "stranger": 9}
    monkeypatch.setattr(counting, "_resting_until", 0.0)
    server = a_database(redis_url, 14, settings)
    with_token(ann).get(url("queues/"), REMOTE_ADDR="198.51.100.7")
    keys = server.keys("candid:count:*")
    assert len(keys) == 2
    assert "198.51" not in str(keys)
    assert all(server.ttl(key) > 0 for key in keys)
