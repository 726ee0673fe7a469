"""What may be stale is read from the replica, everything else from the main database, and all of it from there while
the replica does not answer. In a process of its own, whose settings have a replica: a copy with another score in it."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from analytics.tests.histories import score_everybody
from customers.models import Customer, User
from services.models import Queue

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.once("sqlite", reason="copies the file of SQLite; where reads go is the same on each database"),
]

ASK = """
import json, sys
import django
django.setup()
from django.conf import settings
from django.test import Client
from rest_framework.test import APIClient
from analytics.models import CustomerScore
from customers.models import Tag, User
from customers.stale_reads import stale_reads
settings.SECURE_SSL_REDIRECT = False
client = APIClient()
client.force_authenticate(User.objects.using("default").get(username="root"))
listed = [round(row["score"]) for row in client.get("/api/v1/scores/").json()["results"]]
(key,) = CustomerScore.objects.values_list("pk", flat=True)
one = round(client.get(f"/api/v1/scores/{key}/").json()["score"])
made = client.post("/api/v1/tags/", {"name": "made"}, format="json").status_code
with stale_reads():
    row = CustomerScore.objects.get()
    source = row._state.db
    row.raw = 1
    row.save(update_fields=["raw"])
browser = Client()
browser.force_login(User.objects.using("default").get(username="root"))
page = browser.get("/admin/reports/service/").status_code
from crm import health
print(json.dumps({
    "listed": listed, "one": one, "made": made, "page": page, "read from": source,
    "tags": Tag.objects.using("default").count(), "raw": CustomerScore.objects.using("default").get().raw,
    "health": health.answers(health.OF_THE_WORK)["replica"],
}))
"""


@pytest.fixture
def main(tmp_path: Path, acme: Customer, root: User, queue: Queue) -> Path:
    """A copy of the test's database: Acme has a score of 50."""
    if connection.vendor != "sqlite":
        pytest.skip("copies the file of SQLite")
    score_everybody(at=timezone.now())
    return copy(tmp_path / "main.sqlite3", score=50)


def copy(file: Path, *, score: int) -> Path:
    connection.ensure_connection()
    with sqlite3.connect(file) as base:
        connection.connection.backup(base)
        (first,) = base.execute("SELECT MIN(customer_id) FROM analytics_customerscore").fetchone()
        base.execute("DELETE FROM analytics_customerscore WHERE customer_id <> ?", [first])
        base.execute("UPDATE analytics_customerscore SET score = ?", [score])
    base.close()
    return file


def asked(main: Path, replica: str) -> dict[str, Any]:
    values = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{main}",
        "REPLICA_URL": replica,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "CRM_TOTP_ROLES": "",
        "CRM_HTTPS": "false",
        "ALLOWED_HOSTS": "testserver",
    }
    told = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", ASK], cwd=settings.BASE_DIR, env=values, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    answer: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return answer


def test_lists_are_of_the_replica_and_nothing_else_is(main: Path, tmp_path: Path) -> None:
    replica = copy(tmp_path / "replica.sqlite3", score=70)
    assert asked(main, f"sqlite:///{replica}") == {
        "listed": [70],
        "one": 50,
        "made": 201,
        "page": 200,
        "read from": "replica",
        "tags": 1,
        "raw": 1,
        "health": "ok",
    }
    with sqlite3.connect(replica) as base:
        assert base.execute("SELECT COUNT(*) FROM customers_tag").fetchone() == (0,)


def test_a_replica_that_does_not_answer_is_done_without(main: Path, tmp_path: Path) -> None:
    folder = tmp_path / "gone.sqlite3"
    folder.mkdir()  # no file that can be opened
    found = asked(main, f"sqlite:///{folder}")
    assert (found["listed"], found["read from"], found["page"]) == ([50], "default", 200)
    assert found["health"] == "OperationalError"
