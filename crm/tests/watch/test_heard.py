"""Who was heard from."""

import json
import time

import pytest
import redis

from crm.tasks import heartbeat
from crm.watch import heard

pytestmark = pytest.mark.redis


@pytest.fixture(autouse=True)
def silence(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as server:
        server.delete(heard.WORKERS_KEY, heard.QUEUES_KEY)


def test_a_queue_is_heard_through_the_task_that_came_through_it() -> None:
    heartbeat.apply(routing_key="analytics", throw=True)
    seen = {queue.name: queue.age for queue in heard.queues()}
    assert seen["customers"] is None
    heard.note_queue("customers")
    assert {queue.name: queue.age for queue in heard.queues()}["customers"] in (0, 1)


def test_a_worker_that_is_silent_for_a_minute_reads_nothing() -> None:
    heard.note_worker("one@host", ["services", "crm"])
    (worker,) = heard.workers()
    assert worker.is_alive and worker.queues == ("crm", "services")
    assert {queue.name: queue.readers for queue in heard.queues()} == {
        "crm": 1,
        "customers": 0,
        "services": 1,
        "analytics": 0,
    }
    _heard_before(seconds=61)
    assert not heard.workers()[0].is_alive
    assert all(queue.readers == 0 for queue in heard.queues())


def test_after_a_day_it_is_forgotten() -> None:
    _heard_before(seconds=heard.FORGOTTEN_SECONDS + 5)
    assert heard.workers() == []


def test_messages_that_wait_are_counted() -> None:
    with heard.redis_client() as server:
        server.delete("services")
        server.rpush("services", "{}", "{}")
    try:
        assert {queue.name: queue.waiting for queue in heard.queues()}["services"] == 2
    finally:
        with heard.redis_client() as server:
            server.delete("services")


def _heard_before(*, seconds: int) -> None:
    with heard.redis_client() as server:
        server.hset(heard.WORKERS_KEY, "one@host", json.dumps([int(time.time()) - seconds, ["crm"]]))
