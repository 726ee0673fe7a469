"""`/metrics` tells Prometheus how it goes, and tells nobody else."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from analytics.choices import RunKind
from analytics.tests.histories import score_everybody
from crm import VERSION, health
from crm.watch import heard
from customers.models import Backup, Customer, Job, User
from services.models import Queue
from services.operations.open_ticket import open_ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "a token that nobody guesses"
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _with_token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def figures(client: Client) -> dict[str, float]:
    """What it says, by name and labels."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    lines = [line for line in answer.content.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}


def test_there_is_no_such_address_until_a_token_is_set(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}é"])
def test_another_token_is_refused(client: Client, given: str) -> None:
    answer = client.get("/metrics", headers={"Authorization": given})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_not_even_an_administrator_reads_it_in_the_browser(client: Client, root: User) -> None:
    client.force_login(root)
    assert client.get("/metrics").status_code == 401
    assert client.post("/metrics").status_code == 405


def test_requests_are_counted_by_view_and_never_by_what_a_client_wrote(client: Client, wang: Customer) -> None:
    before = figures(client).get('candid_requests_total{method="GET",status="200",view="health-live"}', 0)
    client.get("/health/live/?q=wang@example.org")
    client.get("/wang@example.org/")
    client.generic("WANG", "/health/live/")
    found = figures(client)
    assert found['candid_requests_total{method="GET",status="200",view="health-live"}'] == before + 1
    assert found['candid_request_seconds_bucket{le="10.0",view="health-live"}'] >= 1
    assert found['candid_requests_total{method="other",status="405",view="health-live"}'] >= 1
    assert found['candid_requests_total{method="GET",status="404",view="-"}'] >= 1
    assert "wang" not in str(found).lower()


def test_it_counts_what_waits_and_for_how_long(client: Client, acme: Customer, queue: Queue, ann: User) -> None:
    open_ticket(customer=acme, subject="Again", queue=queue, by=None, at=NOW)
    Job.objects.create(kind="export", key="x", created_at=timezone.now() - timedelta(minutes=10))
    found = figures(client)
    assert found["candid_tickets_unsolved"] == 1
    assert found['candid_waiting{kind="job"}'] == 1
    assert 600 <= found['candid_waiting_oldest_seconds{kind="job"}'] < 660
    assert found['candid_waiting{kind="mail_in"}'] == found['candid_waiting_oldest_seconds{kind="mail_in"}'] == 0


def test_it_tells_how_old_the_scores_are(client: Client) -> None:
    assert "candid_score_run_age_seconds" not in figures(client)
    score_everybody(at=timezone.now() - timedelta(hours=5), kind=RunKind.NIGHTLY)
    assert 5 * 3600 <= figures(client)["candid_score_run_age_seconds"] < 5 * 3600 + 60


def test_it_tells_how_old_the_newest_verified_backup_is(client: Client) -> None:
    newest = Backup.objects.create(name="2", taken_at=timezone.now())
    assert "candid_backup_age_seconds" not in figures(client)  # nobody tried whether it is good
    Backup.objects.create(name="1", taken_at=timezone.now() - timedelta(hours=30), verified_at=timezone.now())
    assert 30 * 3600 <= figures(client)["candid_backup_age_seconds"] < 30 * 3600 + 60
    Backup.objects.filter(pk=newest.pk).update(verified_at=timezone.now())
    assert figures(client)["candid_backup_age_seconds"] < 60


def test_without_redis_the_rest_is_still_told(client: Client, settings: Any) -> None:
    settings.REDIS_URL = NOBODY
    found = figures(client)
    assert found['candid_up{part="redis"}'] == 0
    assert found['candid_up{part="database"}'] == 1
    assert "candid_tickets_unsolved" in found
    assert not any(name.startswith("candid_queue_messages") for name in found)


def test_without_the_database_the_rest_is_still_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(health.CHECKS, "database", lambda: "OperationalError")
    found = figures(client)
    assert found['candid_up{part="database"}'] == 0
    assert "candid_tickets_unsolved" not in found


@pytest.mark.redis
def test_each_queue_has_its_depth_and_its_readers(client: Client, redis_url: str) -> None:
    heard.note_worker("one@host", ["services"])
    heard.note_queue("services")
    found = figures(client)
    assert found['candid_queue_workers{queue="services"}'] == 1
    assert found['candid_queue_messages{queue="services"}'] == 0
    assert found['candid_queue_age_seconds{queue="services"}'] < 5
    assert found["candid_worker_age_seconds"] < 5


def test_the_version_is_that_of_the_project(client: Client) -> None:
    project = tomllib.loads((Path(django_settings.BASE_DIR) / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION
    assert figures(client)[f'candid_info{{version="{VERSION}"}}'] == 1


def test_every_figure_is_told_in_the_guide(client: Client) -> None:
    guide = (Path(django_settings.BASE_DIR) / "docs" / "guides" / "operations.md").read_text()
    names = {re.split(r"[{ ]", name)[0] for name in figures(client)}
    families = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in names}
    assert [name for name in sorted(families) if name not in guide] == []
