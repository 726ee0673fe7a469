"""Every list of the admin, over a small demo company: it opens and keeps to its budget of queries."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import User

BUDGET = 8
# The log-in and the transaction of a request, which every page pays alike.
TRANSACTION = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT", "SET ")
SESSION = "customers_session"


@pytest.fixture
def desk(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client) -> Client:
    """The demo company, scored, and its administrator logged in."""
    settings.VAR_DIR = tmp_path
    monkeypatch.delenv("CRM_DEMO_PASSWORD", raising=False)
    call_command("demo", "--scale", "0.03", "--json")
    call_command("rescore", "--json")
    client.force_login(User.objects.get(username="admin"))
    return client


def queries(client: Client, address: str) -> list[str]:
    """What a page asks the database, less the frame."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, address
    said = [q["sql"] for q in asked.captured_queries]
    return [sql for sql in said if not sql.startswith(TRANSACTION) and SESSION not in sql]


def lists() -> list[type[models.Model]]:
    """The models that have a list in the admin."""
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def test_no_list_asks_more_than_its_budget(desk: Client, capsys: pytest.CaptureFixture[str]) -> None:
    over: dict[str, Any] = {}
    for model in lists():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        queries(desk, address)  # remembers the choices of the filters
        asked = queries(desk, address)
        if len(asked) > BUDGET:
            over[model._meta.label] = asked
    assert not over, json.dumps(over, indent=1)
