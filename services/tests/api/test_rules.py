from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer, Team, User
from services.models import Queue, Rule, RuleFiring
from services.operations.ask_rules import ask_rules
from services.tests.operations.desk import a_ticket
from services.tests.operations.rules import URGENT, when
from tests.cast import NOW, make_user
from tests.client import as_user

pytestmark = pytest.mark.django_db

RULES, FIRINGS = "/api/v1/rules/", "/api/v1/rule-firings/"


@pytest.fixture
def lea(north: Team) -> User:
    """Lea, lead of North."""
    return make_user("lea", north, role="Lead")


def body(**changes: Any) -> dict[str, Any]:
    asked = [{"field": "text", "op": "contains", "value": ["water"]}]
    return {"name": "Leaks", "events": ["opened"], "conditions": {"all": asked}, "actions": [URGENT], **changes}


def test_a_rule_is_made_changed_and_deleted(lea: User) -> None:
    api = as_user(lea)
    made = api.post(RULES, body())
    assert made.status_code == 201, made.content
    rule = made.json()
    assert (rule["is_active"], rule["trigger"], rule["version"]) == (False, "event", 1)
    address = f"{RULES}{rule['id']}/"
    assert api.patch(address, {"is_active": True}).status_code == 428
    changed = api.patch(address, {"is_active": True}, headers={"If-Match": made["ETag"]})
    assert changed.status_code == 200 and changed.json()["is_active"]
    assert api.patch(address, {"name": "x"}, headers={"If-Match": made["ETag"]}).status_code == 412
    assert api.delete(address, headers={"If-Match": changed["ETag"]}).status_code == 204


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"actions": []}, "actions"),
        ({"actions": [{"action": "no such"}]}, "actions"),
        ({"actions": [7]}, "actions"),
        ({"conditions": {"all": [{"field": "no such", "op": "is"}]}}, "conditions"),
        ({"conditions": {"none": []}}, "conditions"),
        ({"events": ["rule"]}, "events"),
        ({"events": []}, "events"),
        ({"trigger": "time"}, "anchor"),
        ({"looked_at": "2026-01-01T00:00:00Z"}, "looked_at"),
    ],
)
def test_what_is_wrong_is_named(lea: User, changes: dict[str, Any], name: str) -> None:
    response = as_user(lea).post(RULES, body(**changes))
    assert response.status_code == 400 and name in str(response.json()), response.content
    assert not Rule.objects.exists()


def test_a_dry_run_tells_and_changes_nothing(lea: User, otto: User, acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue, at=timezone.now())
    rule = when("opened", is_active=False)
    told = as_user(lea).post(f"{RULES}{rule.pk}/dry-run/", {"days": 7})
    assert told.status_code == 200, told.content
    found = told.json()
    assert (found["days"], found["scanned"], found["matched"], found["tickets"]) == (7, 1, 1, 1)
    (first,) = found["first"]
    assert (first["number"], first["event"]) == (ticket.number, "opened")
    assert first["actions"] == [{"action": "set_priority", "outcome": "done"}]
    assert as_user(otto).post(f"{RULES}{rule.pk}/dry-run/", {}).json()["matched"] == 0
    assert not RuleFiring.objects.exists()
    assert as_user(lea).post(f"{RULES}{rule.pk}/dry-run/", {"days": 0}).status_code == 400


def test_the_log_is_read_by_whoever_sees_the_ticket(ann: User, otto: User, acme: Customer, queue: Queue) -> None:
    rule = when("opened")
    ticket = a_ticket(acme, queue)
    ask_rules(at=NOW)
    asked: dict[str, Any] = {"rule": rule.pk, "ticket": ticket.pk, "outcome": "done"}
    (row,) = as_user(ann).get(FIRINGS, asked).json()["results"]
    assert (row["rule"], row["rule_name"], row["ticket"]) == (rule.pk, "Rule 1", ticket.pk)
    assert row["actions"] == [{"action": "set_priority", "outcome": "done", "error": ""}]
    assert as_user(otto).get(FIRINGS).json()["results"] == []
    assert as_user(ann).post(FIRINGS, {}).status_code in (403, 405)
    assert as_user(ann).get(FIRINGS, {"outcome": "failed"}).json()["results"] == []
