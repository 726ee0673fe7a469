import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from analytics.models import CustomerScore, ScoreSnapshot
from customers.models import Customer, DuplicatePair, Observation, Order, Relation, User
from services.models import (
    Agent,
    AssignmentRule,
    EscalationStep,
    Holiday,
    Notification,
    Queue,
    SatisfactionRating,
    Ticket,
    TicketAttribute,
    TicketEvent,
    TicketMerge,
    TimeEntry,
)

pytestmark = pytest.mark.django_db

COUNTED = (Customer, Relation, Order, Ticket, TicketEvent, SatisfactionRating, Observation, ScoreSnapshot, User)


@pytest.fixture
def var(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the test's own for the log-in file."""
    settings.VAR_DIR = tmp_path
    monkeypatch.delenv("CRM_DEMO_PASSWORD", raising=False)
    return tmp_path


def load(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """A small demo company; what the command said."""
    capsys.readouterr()
    call_command("demo", "--scale", "0.02", "--json")
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def rows() -> dict[str, int]:
    """How many rows there are."""
    return {model.__name__: model._default_manager.count() for model in COUNTED}


def test_it_loads_every_part(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = load(capsys)
    assert result["loaded"]
    for part in ("customers", "relations", "interactions", "products", "orders", "tickets", "ratings"):
        assert result[part]["created"] > 0
        assert result[part]["refused"] == 0
    assert Customer.objects.count() == result["customers"]["created"]
    assert Ticket.objects.count() == result["tickets"]["created"]
    assert Queue.objects.filter(name="中国服务", calendar__time_zone="Asia/Shanghai").exists()
    assert Holiday.objects.exists()


def test_the_desk_is_alive(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(capsys)
    assert TimeEntry.objects.exists()
    merge = TicketMerge.objects.get(undone_at=None)  # what a customer sent twice, now with the agent who logs in
    assert (merge.kept.subject, merge.kept.customer_id) == (merge.gone.subject, merge.gone.customer_id)
    assert merge.kept.assignee == Agent.objects.get(user__username="agent")
    assert Notification.objects.filter(user__username="agent", kind="assigned", ticket=merge.kept).exists()
    methods = set(AssignmentRule.objects.values_list("method", flat=True))
    assert methods == {"round_robin", "least_load"} and AssignmentRule.objects.exclude(segment=None).exists()
    assert [agent.user.username for agent in Agent.objects.exclude(away_from=None)] == ["clara.voss"]
    assert not Agent.objects.filter(skills=None, user__username="marek.zielny").exists()
    actions = set(EscalationStep.objects.values_list("action", flat=True))
    assert actions == {"notify", "reassign", "raise_priority"}
    known = set(TicketAttribute.objects.values_list("code", flat=True))
    used = {code for values in Ticket.objects.values_list("attributes", flat=True) for code in values}
    assert used and used <= known
    assert Holiday.objects.filter(calendar__name="中国工作时间", name__contains="元旦").exists()


def test_some_were_entered_twice_and_wait_to_be_reviewed(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(capsys)
    pairs = DuplicatePair.objects.select_related("first", "second")
    assert pairs.count() >= 4
    for pair in pairs:
        assert (pair.state, pair.found_by) == ("open", "import")
        assert pair.first.kind == pair.second.kind
        assert 0.3 < pair.score < 1
        assert pair.reasons


def test_every_customer_has_a_past_to_compare_with(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(capsys)
    assert ScoreSnapshot.objects.values("as_of").distinct().count() >= 6
    assert not CustomerScore.objects.exists()  # today's scores are the worker's to make


def test_a_second_run_changes_nothing(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(capsys)
    before, login = rows(), (var / "demo-login.txt").read_text()
    assert load(capsys)["loaded"] is False
    assert rows() == before
    assert (var / "demo-login.txt").read_text() == login


def test_it_refuses_a_database_with_other_customers(
    var: Path, acme: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = rows()
    with pytest.raises(CommandError, match="already holds customers"):
        load(capsys)
    assert rows() == before
    assert not (var / "demo-login.txt").exists()


def test_everybody_logs_in_with_the_password_that_was_written_down(
    var: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(capsys)
    call_command("demo", "--login", "--json")
    logins = json.loads(capsys.readouterr().out)["logins"]
    assert [login["username"] for login in logins] == ["admin", "agent", "lead", "backoffice", "analyst"]
    for login in logins:
        user = authenticate(username=login["username"], password=login["password"])
        assert isinstance(user, User)
        assert user.is_staff
        assert user.groups.get().name == login["role"]
    assert (var / "demo-login.txt").stat().st_mode & 0o777 == 0o600


def test_colleagues_without_a_log_in_have_no_password(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(capsys)
    assert not User.objects.get(username="li.wei").has_usable_password()


def test_the_password_is_taken_from_the_environment(
    var: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_DEMO_PASSWORD", "from bin crm")
    load(capsys)
    assert authenticate(username="admin", password="from bin crm") is not None
    call_command("demo", "--login")
    assert "admin        from bin crm  Administrator" in capsys.readouterr().out


def test_a_user_who_was_here_keeps_the_password(var: Path, root: User, capsys: pytest.CaptureFixture[str]) -> None:
    User.objects.create_user("admin", password="my own")
    load(capsys)
    assert authenticate(username="admin", password="my own") is not None
    assert "admin" not in (var / "demo-login.txt").read_text()


def test_an_agent_sees_the_customers_of_the_tickets_they_handle(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(capsys)
    for ticket in Ticket.objects.exclude(assignee=None).select_related("assignee__user"):
        assert ticket.assignee is not None
        assert Customer.objects.visible_to(ticket.assignee.user).filter(pk=ticket.customer_id).exists()


def test_waiting_for_scores_says_what_to_look_at_when_none_come(
    var: Path, acme: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="0 of 1 customers have a score"):
        call_command("demo", "--wait-for-scores", "--timeout", "0.1")


def test_waiting_for_scores_ends_when_everybody_has_one(
    var: Path, acme: Customer, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("rescore", "--json")
    capsys.readouterr()
    call_command("demo", "--wait-for-scores", "--json")
    assert json.loads(capsys.readouterr().out) == {"customers": 1, "scored": 1}
