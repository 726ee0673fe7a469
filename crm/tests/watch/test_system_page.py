"""The page “System”."""

from datetime import timedelta
from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics.choices import RunKind
from analytics.tests.histories import score_everybody
from crm import VERSION, health
from crm.watch import heard, machine, slow_queries
from crm.watch.advice import parts_from
from customers.models import Job, User

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = "redis://127.0.0.1:1/0"


def page(user: User) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(reverse("admin:system"))


@pytest.mark.parametrize("who", ["ann", "bob"])
def test_it_is_for_administrators(who: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(who)
    assert page(user).status_code == 403
    client = Client()
    client.force_login(user)
    assert reverse("admin:system") not in client.get(reverse("admin:index")).content.decode()


def test_it_tells_what_runs_and_leads_to_it(root: User, settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    answer = page(root)
    text = answer.content.decode()
    assert VERSION in text and machine.database_kind() in text
    assert machine.database_bytes() > 0
    assert {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MariaDB"}[connection.vendor] in text
    assert "prometheus_client" in text or "prometheus-client" in text
    client = Client()
    client.force_login(root)
    assert reverse("admin:system") in client.get(reverse("admin:index")).content.decode()


def test_what_is_wrong_stands_first_with_what_to_do(root: User, settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    answer = page(root)
    assert {part.code for part in answer.context["wrong"]} == {"redis", "worker", "beat", "queues"}
    assert all(part.advice for part in answer.context["wrong"])
    assert "celery --app crm worker" in answer.content.decode()
    assert NOBODY not in answer.content.decode()


def test_rows_that_wait_long_have_a_tone(root: User, settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    Job.objects.create(kind="export", key="x", created_at=timezone.now() - timedelta(minutes=10))
    lines = {line.queue + line.tone: line for line in page(root).context["waiting"]}
    assert lines["customerswarn"].count == 1
    Job.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert "bad" in {line.tone for line in page(root).context["waiting"]}


def test_the_newest_runs_are_listed(root: User, settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    run = score_everybody(at=timezone.now(), kind=RunKind.NIGHTLY)
    assert reverse("admin:analytics_scoringrun_change", args=[run.pk]) in page(root).content.decode()


def test_migrations_that_wait_are_named(root: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = NOBODY
    monkeypatch.setitem(health.OF_A_RELEASE, "migrations", lambda: "1 to be applied")
    monkeypatch.setattr(health, "pending_migrations", lambda: ["customers.0099_more"])
    answer = page(root)
    assert "customers.0099_more" in answer.content.decode()
    assert [part.tone for part in answer.context["wrong"] if part.code == "migrations"] == ["bad"]


@pytest.mark.redis
def test_it_tells_workers_queues_and_slow_queries(root: User, redis_url: str, settings: Any) -> None:
    with redis.Redis.from_url(redis_url) as server:
        server.delete(heard.WORKERS_KEY, heard.QUEUES_KEY, slow_queries.KEY)
    empty = page(root).content.decode()
    assert "No worker was heard within a day" in empty
    heard.note_worker("one@host", ["crm", "services"])
    heard.note_queue("services")
    settings.SLOW_QUERY_MS = 0.000001
    list(Job.objects.all())
    settings.SLOW_QUERY_MS = 0
    text = page(root).content.decode()
    assert "one@host" in text and "crm, services" in text
    assert "no worker reads customers, analytics" in text
    assert "customers_job" in text


def test_every_part_that_health_knows_has_a_name_and_advice() -> None:
    known = health.CHECKS | health.OF_A_RELEASE | health.OF_THE_WORK
    for part in parts_from(dict.fromkeys([*known, "replica"], "no answer")):
        assert part.name and part.advice and part.state == "does not answer"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("ok", "works"),
        ("OperationalError", "OperationalError"),
        ("3 to be applied", "3 to be applied"),
        ("newest run 40 hours ago", "the newest is 40 hours old"),
        ("newest verified 40 hours ago", "the newest is 40 hours old"),
        ("none verified", "none was verified"),
        ("no worker reads crm, services", "no worker reads crm, services"),
    ],
)
def test_what_health_says_becomes_words(answer: str, said: str) -> None:
    (part,) = parts_from({"queues": answer})
    assert part.state == said


def test_a_disk_is_full_or_not() -> None:
    assert [machine.Disk(100, free).tone for free in (50, 10, 4)] == ["good", "warn", "bad"]
    assert machine.disk().total > 0
