import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Team, User
from services.models import Agent, Macro, Queue, Rule, RuleFiring
from services.operations.ask_rules import ask_rules
from services.tests.operations.desk import a_ticket
from services.tests.operations.rules import URGENT, minutes_after, when
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db

LIST = "/admin/services/rule/"


@pytest.fixture
def lea(client: Client, north: Team) -> User:
    """Lea, lead of North, who makes rules."""
    lea = make_user("lea", north, role="Lead")
    client.force_login(lea)
    return lea


def form(**changes: Any) -> dict[str, Any]:
    given = {
        "name": "Leaks",
        "trigger": "event",
        "events": ["opened"],
        "minutes": "60",
        "in_business_time": "on",
        "conditions": {"all": [{"field": "text", "op": "contains", "value": ["water"]}], "any": []},
        "actions": [URGENT],
        **changes,
    }
    return {name: json.dumps(value) if name in ("conditions", "actions") else value for name, value in given.items()}


def test_a_rule_is_made_tried_and_switched_on(client: Client, lea: User, acme: Customer, queue: Queue) -> None:
    a_ticket(acme, queue, at=NOW)
    page = client.get(f"{LIST}add/")
    assert page.status_code == 200 and "ruleBuilder" in page.content.decode()
    response = client.post(f"{LIST}add/", form())
    rule = Rule.objects.get()
    assert response.status_code == 302 and not rule.is_active and rule.actions == [URGENT]
    assert (rule.position, rule.version) == (10, 1)
    page = client.get(f"{LIST}{rule.pk}/change/")
    assert json.loads(_data(page.content.decode()))["conditions"]["all"][0]["value"] == ["water"]
    assert client.post(f"{LIST}{rule.pk}/switch/on/").status_code == 302
    assert Rule.objects.filter(pk=rule.pk, is_active=True, version=2).exists()


def _data(html: str) -> str:
    return html.split('<script id="rule-data" type="application/json">')[1].split("</script>")[0]


def test_what_is_wrong_is_told_and_what_was_typed_stays(client: Client, lea: User) -> None:
    wrong = form(actions=[{"action": "note", "text": "Dear {nobody}"}], events=[])
    html = client.post(f"{LIST}add/", wrong).content.decode()
    assert "Choose one event or more." in html and "There is no placeholder {nobody}" in html
    assert "Dear {nobody}" in json.loads(_data(html))["chosen_actions"][0]["text"]
    assert not Rule.objects.exists()


@pytest.mark.parametrize("text", ["", "{", "null", "7", '["x"]', '{"all": 7}'])
def test_odd_json_is_refused_and_not_an_error(client: Client, lea: User, text: str) -> None:
    given = {**form(), "actions": text, "conditions": text}
    assert client.post(f"{LIST}add/", given).status_code == 200
    assert not Rule.objects.exists()
    assert client.post(f"{LIST}try/", given).status_code == 200


def test_a_stale_save_shows_the_difference_in_words(client: Client, lea: User) -> None:
    rule = when("opened", name="Leaks")
    Rule.objects.update(version=2, actions=[{"action": "raise_priority"}])
    html = client.post(f"{LIST}{rule.pk}/change/", form(seen_version="1")).content.decode()
    assert "Raise the priority by one" in html and "Set the priority: Urgent" in html
    rule.refresh_from_db()
    assert rule.actions == [{"action": "raise_priority"}]


def test_a_draft_is_tried_before_it_is_saved(client: Client, lea: User, acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue, at=timezone.now())
    html = client.post(f"{LIST}try/", form(name="", days="30")).content.decode()
    assert 'data-matched="1"' in html and ticket.number in html and "Set the priority: Urgent: would be done" in html
    assert not Rule.objects.exists() and not RuleFiring.objects.exists()


def test_a_trial_says_what_is_wrong(client: Client, lea: User) -> None:
    html = client.post(f"{LIST}try/", form(actions=[])).content.decode()
    assert "Say what the rule does: add an action." in html
    assert client.get(f"{LIST}try/").status_code == 405


def test_a_trial_shows_no_ticket_of_another_team(client: Client, south: Team, acme: Customer, queue: Queue) -> None:
    a_ticket(acme, queue, at=timezone.now())
    client.force_login(make_user("sue", south, role="Lead"))
    assert 'data-matched="0"' in client.post(f"{LIST}try/", form()).content.decode()


def test_who_only_looks_reads_it_in_words(client: Client, ann: User, queue: Queue) -> None:
    rule = when("opened", where=[("queue", "is", [queue.pk]), ("in_hours", "is", [True])])
    client.force_login(ann)
    html = client.get(f"{LIST}{rule.pk}/change/").content.decode()
    assert "Queue is one of: North support" in html and "Set the priority: Urgent" in html
    assert "ruleBuilder" not in html
    for verb in ("move/up", "switch/off"):
        assert client.post(f"{LIST}{rule.pk}/{verb}/").status_code == 403
    assert client.post(f"{LIST}add/", form()).status_code == 403


def test_back_office_makes_rules(client: Client, bob: User) -> None:
    client.force_login(bob)
    assert client.post(f"{LIST}add/", form()).status_code == 302
    assert Rule.objects.exists()


def test_rules_are_moved(client: Client, lea: User) -> None:
    first, second = when("opened"), when("opened")
    assert client.post(f"{LIST}{second.pk}/move/up/").status_code == 302
    assert list(Rule.objects.values_list("pk", flat=True)) == [second.pk, first.pk]
    assert client.get(f"{LIST}{second.pk}/move/up/").status_code == 405
    assert client.post(f"{LIST}{second.pk}/move/sideways/").status_code == 404
    assert client.post(f"{LIST}999/move/up/").status_code == 404


def test_a_rule_about_what_is_gone_cannot_be_switched_on(client: Client, lea: User, queue: Queue) -> None:
    rule = when("opened", then={"action": "move_to_queue", "queue": queue.pk}, is_active=False)
    queue.delete()
    response = client.post(f"{LIST}{rule.pk}/switch/on/", follow=True)
    assert "does not exist (any more)" in response.content.decode()
    rule.refresh_from_db()
    assert not rule.is_active


def test_long_lists_are_searched(client: Client, lea: User, south: Team) -> None:
    for number in range(70):
        Agent.objects.create(user=make_user(f"agent{number}"), name=f"Agent {number:02}")
    data = json.loads(_data(client.get(f"{LIST}add/").content.decode()))
    assert data["options"]["action:assign:agent"]["long"]
    options = reverse("admin:services_rule_options")
    found = client.get(options, {"of": "action:assign:agent", "q": "Agent 69"}).json()["list"]
    assert [label for _value, label in found] == ["Agent 69"]
    for name in ("", "field:no", "action:assign:no", "action:no:no", "x"):
        assert client.get(options, {"of": name}).status_code == 404


def test_macros_of_another_team_are_not_offered(client: Client, lea: User, north: Team, south: Team) -> None:
    Macro.objects.create(name="Ours", body="Thank you.", team=north)
    Macro.objects.create(name="Theirs", body="Thank you.", team=south)
    data = json.loads(_data(client.get(f"{LIST}add/").content.decode()))
    assert "Ours" in str(data["options"]) and "Theirs" not in str(data["options"])


def test_what_it_did_stands_on_its_page_in_the_log_and_at_the_ticket(
    client: Client, lea: User, acme: Customer, queue: Queue, south: Team
) -> None:
    rule = when("opened", name="Leaks")
    ticket = a_ticket(acme, queue)
    ask_rules(at=NOW)
    for address in (f"{LIST}{rule.pk}/change/", "/admin/services/rulefiring/"):
        assert ticket.number in client.get(address).content.decode(), address
    firing = RuleFiring.objects.get()
    assert "Every ticket" in client.get(f"/admin/services/rulefiring/{firing.pk}/change/").content.decode()
    told = client.get(f"/admin/services/ticket/{ticket.pk}/change/").content.decode()
    assert "Rule “Leaks”: 1 action done" in told and "Set the priority: done" in told
    rule.delete()
    assert "Leaks" in client.get("/admin/services/rulefiring/").content.decode()
    client.force_login(make_user("sue", south, role="Lead"))
    assert ticket.number not in client.get("/admin/services/rulefiring/").content.decode()
    assert client.get(f"/admin/services/rulefiring/{firing.pk}/change/").status_code == 404


@pytest.mark.parametrize("number", [2, 20])
def test_the_lists_cost_the_same_however_long_they_are(
    client: Client, root: User, acme: Customer, queue: Queue, number: int
) -> None:
    client.force_login(root)
    for index in range(number):
        when("opened", name=f"R{index}", where=[("queue", "is", [queue.pk])])
        minutes_after("opened", 5, name=f"T{index}")
        a_ticket(acme, queue)
    ask_rules(at=NOW)
    for address in (LIST, "/admin/services/rulefiring/"):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= 8, [one["sql"][-300:] for one in asked]
