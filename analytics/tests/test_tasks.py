"""Celery only pokes: what is lost, doubled or dead costs nothing. The last test has a real server and worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from analytics import tasks
from analytics.models import CustomerScore, ScoringChunk
from analytics.tests.histories import rating
from customers.models import Customer, Job, Team
from customers.operations.observe import observe

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 90.0
CELERY = [sys.executable, "-m", "celery", "-A", "crm"]


@pytest.mark.django_db
def test_a_dead_broker_leaves_the_work_to_the_next_tick(acme: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    observe(facts=[rating(acme, 4, at=timezone.now())], at=timezone.now())

    def refuse(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.work, "apply_async", refuse)
    tasks.tick()
    assert ScoringChunk.objects.get().state == "todo"
    tasks.work()
    assert CustomerScore.objects.get().pk == acme.pk


@pytest.mark.django_db
def test_relations_are_looked_at_every_minute_and_contacts_once_a_day() -> None:
    for _ in range(3):
        tasks.look_around()
    assert Job.objects.filter(kind="contact_risks").count() == 1
    assert Job.objects.filter(kind="value_customers").count() == 1


@pytest.mark.django_db
def test_a_doubled_message_does_nothing(acme: Customer) -> None:
    observe(facts=[rating(acme, 4, at=timezone.now())], at=timezone.now())
    tasks.tick()
    tasks.work()
    first = CustomerScore.objects.values().get()
    tasks.work()
    assert CustomerScore.objects.values().get() == first


@pytest.fixture
def surroundings(redis_url: str, transactional_db: None) -> dict[str, str]:
    """The environment of processes that use this test's database and a numbered database of the real server."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        database = f"sqlite:///{values['NAME']}"
    else:
        scheme = {"postgresql": "postgres", "mysql": "mysql"}[connection.vendor]
        host, port = values["HOST"] or "", f":{values['PORT']}" if values["PORT"] else ""
        database = f"{scheme}://{values['USER']}:{values['PASSWORD']}@{host}{port}/{values['NAME']}"
    broker = redis_url.rsplit("/", 1)[0] + "/9"
    with redis.Redis.from_url(broker) as server:
        server.flushdb()
    return {**os.environ, "DATABASE_URL": database, "REDIS_URL": broker}


@pytest.fixture
def worker(surroundings: dict[str, str]) -> Iterator[None]:
    """A Celery worker in a process of its own."""
    command = [*CELERY, "worker", "-P", "solo", "-Q", "analytics", "--without-gossip", "--without-mingle"]
    process = subprocess.Popen(command, cwd=ROOT, env=surroundings, start_new_session=True)  # noqa: S603
    yield
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def poke(surroundings: dict[str, str]) -> None:
    """What beat does every twenty seconds."""
    subprocess.run([*CELERY, "call", "analytics.tasks.tick"], cwd=ROOT, env=surroundings, check=True)  # noqa: S603


def wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "the worker did not do it in time"
        time.sleep(0.2)


@pytest.mark.redis
def test_a_new_rating_shows_in_the_score(surroundings: dict[str, str], worker: None) -> None:
    customer = Customer.objects.create(name="王芳", team=Team.objects.create(name="North"))
    observe(facts=[rating(customer, 4, at=timezone.now())], at=timezone.now())
    poke(surroundings)
    wait_for(CustomerScore.objects.exists)
    before = CustomerScore.objects.get().score
    at = timezone.now()
    observe(facts=[rating(customer, 1, at=at, subject=2)], at=at)
    poke(surroundings)
    wait_for(lambda: CustomerScore.objects.get().score < before)
    customer.refresh_from_db()
    assert CustomerScore.objects.get().activity_version == customer.activity_version
