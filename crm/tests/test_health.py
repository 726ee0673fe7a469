"""Health answers whatever is broken."""

import socket
import threading
from datetime import time, timedelta
from typing import Any

import pytest
import redis
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from analytics.choices import RunKind
from analytics.models import ScoringRun
from analytics.tests.histories import score_everybody
from crm import health
from crm.celery import WORKER_HEARD_KEY, note_worker_is_alive
from crm.watch import heard
from customers.models import Backup
from customers.operations.plan_backup import plan_backup

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = "redis://127.0.0.1:1/0"


def fails() -> bool:
    raise OperationalError("password=secret")


def test_live_asks_nothing(client: Client) -> None:
    answer = client.get("/health/live/")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_without_redis_it_is_degraded_and_still_answers(client: Client, settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    answer = client.get("/health/")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "checks": {
            "database": "ok",
            "redis": "ConnectionError",
            "worker": "ConnectionError",
            "beat": "not heard from",
        },
    }


def test_without_the_database_it_is_down_and_tells_no_secret(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.CHECKS, "database", fails)
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "OperationalError"
    assert b"secret" not in answer.content


def test_a_frozen_part_does_not_freeze_the_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    thaw = threading.Event()
    monkeypatch.setattr(health, "ANSWER_SECONDS", 0.05)
    monkeypatch.setitem(health.CHECKS, "redis", lambda: thaw.wait(20))
    try:
        assert client.get("/health/").json()["checks"]["redis"] == "no answer"
    finally:
        thaw.set()


def test_it_needs_no_log_in_and_is_not_kept_by_caches(client: Client) -> None:
    answer = client.get("/health/")
    assert "no-store" in answer["Cache-Control"]
    assert client.post("/health/").status_code == 405


def test_a_load_balancer_asks_by_whatever_name(client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["crm.example.org"]
    assert client.get("/health/live/", headers={"Host": "10.0.3.17:8000"}).status_code == 200
    assert client.get("/admin/login/", headers={"Host": "10.0.3.17:8000"}).status_code == 400


def test_beat_counts_as_heard_for_two_minutes() -> None:
    interval = IntervalSchedule.objects.create(every=20, period="seconds")
    entry = PeriodicTask.objects.create(name="tick", task="x", interval=interval, last_run_at=timezone.now())
    assert health.CHECKS["beat"]() is True
    PeriodicTask.objects.filter(pk=entry.pk).update(last_run_at=timezone.now() - timedelta(seconds=121))
    assert health.CHECKS["beat"]() is False


def test_a_load_balancer_sends_nobody_without_the_newest_tables(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.REDIS_URL = NOBODY
    assert client.get("/health/ready/").json()["status"] == "ready"
    monkeypatch.setattr(health, "_migrated", threading.Event())
    monkeypatch.setattr(health, "pending_migrations", lambda: ["customers.0099_more"])
    answer = client.get("/health/ready/")
    assert answer.status_code == 503
    assert answer.json()["failing"] == ["migrations"]
    assert answer.json()["checks"]["migrations"] == "1 to be applied"


def test_every_migration_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", threading.Event())
    assert health.OF_A_RELEASE["migrations"]() == "ok"
    assert health.pending_migrations() == []


def test_without_redis_pages_are_served_and_whoever_is_on_call_is_told(client: Client, settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    assert client.get("/health/ready/").status_code == 200
    answer = client.get("/health/all/")
    assert answer.status_code == 503
    assert answer.json()["failing"] == ["redis", "worker", "beat", "queues"]


def test_a_night_without_a_run_is_told(client: Client) -> None:
    assert health.OF_THE_WORK["scores"]() == "ok"  # nothing was ever due
    ran = score_everybody(at=timezone.now(), kind=RunKind.NIGHTLY)
    assert health.OF_THE_WORK["scores"]() == "ok"
    ScoringRun.objects.filter(pk=ran.pk).update(finished_at=timezone.now() - timedelta(hours=40))
    assert health.OF_THE_WORK["scores"]() == "newest run 40 hours ago"


def test_a_night_without_a_verified_backup_is_told_to_whoever_is_on_call(client: Client, settings: Any) -> None:
    settings.BACKUP_AT = time(1, 0)
    now = timezone.now()
    assert health.OF_THE_WORK["backups"]() == "ok"  # none was ever due
    plan_backup(at=now - timedelta(hours=25))
    assert health.OF_THE_WORK["backups"]() == "ok"  # the first night still has time
    plan_backup(at=now - timedelta(hours=50))
    backup = Backup.objects.create(name="1", taken_at=now - timedelta(hours=1))
    assert health.OF_THE_WORK["backups"]() == "none verified"
    Backup.objects.filter(pk=backup.pk).update(verified_at=now)
    assert health.OF_THE_WORK["backups"]() == "ok"
    Backup.objects.filter(pk=backup.pk).update(taken_at=now - timedelta(hours=30))
    answer = client.get("/health/all/")
    assert "backups" in answer.json()["failing"]
    assert answer.json()["checks"]["backups"] == "newest verified 30 hours ago"
    assert client.get("/health/ready/").status_code == 200  # pages are served all the same


def test_where_backups_are_off_nobody_waits_for_one(settings: Any) -> None:
    settings.BACKUP_AT = time(1, 0)
    plan_backup(at=timezone.now() - timedelta(hours=50))
    Backup.objects.create(name="1", taken_at=timezone.now() - timedelta(hours=50), verified_at=timezone.now())
    assert health.OF_THE_WORK["backups"]() == "newest verified 50 hours ago"
    settings.BACKUP_AT = None
    assert health.OF_THE_WORK["backups"]() == "ok"
    Backup.objects.all().delete()
    assert health.OF_THE_WORK["backups"]() == "ok"


def test_a_part_that_stays_frozen_keeps_one_thread_whoever_asks(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    thaw, asked = threading.Event(), []

    def frozen() -> bool:
        asked.append(1)
        return thaw.wait(20)

    monkeypatch.setattr(health, "ANSWER_SECONDS", 0.02)
    monkeypatch.setitem(health.CHECKS, "redis", frozen)
    try:
        for _ in range(30):
            assert client.get("/health/").json()["checks"]["redis"] == "no answer"
    finally:
        thaw.set()
    assert len(asked) == 1


def test_a_server_that_takes_connections_and_says_nothing_costs_less_than_two_seconds(
    client: Client, settings: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.REDIS_URL = f"redis://127.0.0.1:{mute.getsockname()[1]}/0"
        answer = client.get("/health/all/")
    assert answer.json()["checks"]["redis"] in ("TimeoutError", "no answer")
    assert health.ANSWER_SECONDS < 2


@pytest.mark.redis
def test_a_queue_that_no_living_worker_reads_is_named(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as server:
        server.delete(heard.WORKERS_KEY)
    heard.note_worker("one@host", ["crm", "customers", "services"])
    assert health.OF_THE_WORK["queues"]() == "no worker reads analytics"
    heard.note_worker("two@host", ["analytics"])
    assert health.OF_THE_WORK["queues"]() == "ok"


@pytest.mark.redis
def test_the_worker_is_heard_through_its_heartbeat(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as server:
        server.delete(WORKER_HEARD_KEY)
        assert health.CHECKS["worker"]() is False
        note_worker_is_alive()
        assert health.CHECKS["worker"]() is True
        assert int(str(server.ttl(WORKER_HEARD_KEY))) <= 60


def test_a_heartbeat_without_redis_does_not_hurt_the_worker(settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    note_worker_is_alive()
