"""The page of backups: how much would be lost now, and what an administrator may have done."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Backup, Job, Team, User
from customers.operations.work_jobs import work_jobs
from customers.tests.admin.conftest import LogIn
from customers.tests.backup.world import place
from tests.cast import NOW, make_user

__all__ = ["place"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_keys", "place")]
PAGE, MAKE = "admin:customers_backup_changelist", "admin:customers_backup_make"


@pytest.fixture
def client(log_in: LogIn, north: Team) -> Client:
    return log_in(make_user("ada", north, role="Administrator"))


def page(client: Client) -> str:
    response = client.get(reverse(PAGE))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_an_empty_page_says_what_to_do(client: Client) -> None:
    text = page(client)
    assert "There is no verified backup" in text and "Back up now" in text and "There is none yet" in text


def test_one_is_made_and_verified_from_the_page(client: Client) -> None:
    response = client.post(reverse(MAKE), follow=True)
    assert "A worker makes a backup now" in response.content.decode()
    assert "Waits for a worker" in page(client)
    list(work_jobs(clock=timezone.now))
    backup = Backup.objects.get()
    assert Job.objects.filter(kind="backup").get().created_by is not None
    text = page(client)
    assert "The newest verified backup is" in text and ">good<" in text and backup.name in text
    for word in ("daily", "weekly", "monthly", "newest verified"):
        assert f'cd-chip">{word}<' in text
    Backup.objects.update(verified_at=None)
    response = client.post(reverse("admin:customers_backup_verify", args=[backup.pk]), follow=True)
    assert "A worker restores the backup" in response.content.decode()
    list(work_jobs(clock=timezone.now))
    backup.refresh_from_db()
    assert backup.verified_at


def test_an_old_one_is_warned_of(client: Client) -> None:
    at = timezone.now() - timedelta(hours=27)
    Backup.objects.create(name="20260603T010000Z-0123abcd", taken_at=at, server="SQLite", verified_at=at)
    assert "It is older than 26 hours" in page(client)


def test_what_failed_and_what_is_wrong_is_told(client: Client) -> None:
    Backup.objects.create(name="20260603T010000Z-0123abcd", taken_at=NOW, server="SQLite", problem="a <file> is gone")
    Job.objects.create(kind="backup", state="failed", error="no <room>", created_at=NOW, finished_at=NOW)
    text = page(client)
    assert "no &lt;room&gt;" in text and "a &lt;file&gt; is gone" in text and "damaged" in text


def test_it_is_for_administrators(log_in: LogIn, client: Client, bob: User, ann: User) -> None:
    backup = Backup.objects.create(name="20260603T010000Z-0123abcd", taken_at=NOW, server="SQLite")
    verify = reverse("admin:customers_backup_verify", args=[backup.pk])
    for user in (bob, ann):
        theirs = log_in(user)
        assert theirs.get(reverse(PAGE)).status_code == 403
        assert theirs.post(reverse(MAKE)).status_code == theirs.post(verify).status_code == 403
    assert client.get(reverse(MAKE)).status_code == client.post(reverse(PAGE)).status_code == 405
    assert client.post(reverse("admin:customers_backup_verify", args=[backup.pk + 1])).status_code == 404
    assert not Job.objects.exists()


def test_the_api_tells_administrators_and_nobody_else(api: Any, ann: User, north: Team) -> None:
    Backup.objects.create(name="20260603T010000Z-0123abcd", taken_at=NOW, server="SQLite", rows=7)
    assert api(ann).get("/api/v1/backups/").status_code == 403
    answer = api(make_user("ada", north, role="Administrator")).get("/api/v1/backups/")
    assert [(row["rows"], row["verified_at"]) for row in answer.json()["results"]] == [(7, None)]


@pytest.fixture
def api() -> Any:
    from tests.client import as_user

    return as_user
