"""Retention: a report first, then some rows a transaction, each run on record."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from analytics.models import ScoreSnapshot
from analytics.tests.histories import score_everybody
from customers.choices import RetentionKind
from customers.models import (
    Customer,
    ImportRow,
    ImportStep,
    Interaction,
    Job,
    Observation,
    RetentionRule,
    RetentionRun,
    Team,
    User,
)
from customers.operations import run_retention as module
from customers.operations.log_interaction import log_interaction
from customers.operations.plan_retention import plan_retention
from customers.operations.start_job import start_job
from customers.operations.start_retention import start_retention
from customers.operations.undo_import import CannotUndo, undo_import
from customers.operations.work_jobs import work_jobs
from services.choices import MessageKind
from services.models import Attachment, Message, Queue, Ticket, TicketWords
from services.operations.add_note import add_note
from services.operations.attach_file import attach_file
from services.operations.attachment_files import attachments_folder
from services.operations.finish_draft import finish_draft
from services.operations.open_ticket import open_ticket
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW, make_user
from tests.imports import new_batch

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=400)


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def rule(kind: RetentionKind, days: int = 365) -> RetentionRule:
    RetentionRule.objects.filter(kind=kind).update(days=days, is_active=True)
    return RetentionRule.objects.get(kind=kind)


def run(kind: RetentionKind, *, is_dry_run: bool = False, days: int = 365) -> RetentionRun:
    found = start_retention(rule=rule(kind, days), is_dry_run=is_dry_run, at=LATER)
    list(work_jobs(clock=lambda: LATER))
    found.refresh_from_db()
    return found


def old_ticket(customer: Customer, queue: Queue, by: User) -> Ticket:
    ticket = open_ticket(customer=customer, subject="Leaks badly", queue=queue, by=by, at=NOW, body="Help")
    note = add_note(ticket=ticket, body="Bring a seal", by=by, at=NOW)
    file = attach_file(ticket=ticket, kind=MessageKind.NOTE, name="seal.txt", chunks=[b"DN 40"], by=by, at=NOW)
    finish_draft(message=note, by=by, files=[file.key])
    return ticket


def test_a_report_says_how_many_and_how_old_and_changes_nothing(wang: Customer) -> None:
    for days in (0, 3):
        at = NOW + timedelta(days=days)
        log_interaction(
            customer=wang, kind="call", direction="inbound", subject="x", author=None, happened_at=at, at=at
        )
    found = run(RetentionKind.INTERACTIONS, is_dry_run=True)
    assert (found.found, found.done, found.oldest_at) == (2, 0, NOW)
    assert found.finished_at == LATER
    assert found.cutoff == LATER - timedelta(days=365)
    assert Interaction.objects.filter(subject="x").count() == 2


def test_texts_of_solved_tickets_go_and_their_figures_stay(wang: Customer, queue: Queue, ann: User) -> None:
    ticket, other = old_ticket(wang, queue, ann), old_ticket(wang, queue, ann)
    solve_ticket(ticket=ticket, by=ann, at=NOW)
    facts = Observation.objects.count()
    paths = [attachments_folder() / row.path for row in Attachment.objects.order_by("pk")]
    found = run(RetentionKind.TICKET_TEXTS)
    assert found.done == found.found == 4  # two messages, a file, the subject
    ticket.refresh_from_db()
    other.refresh_from_db()
    assert (ticket.subject, ticket.status, other.subject) == ("[erased]", "solved", "Leaks badly")
    assert set(Message.objects.filter(ticket=ticket).values_list("body", flat=True)) == {"[erased]"}
    assert Message.objects.filter(ticket=other, body="Help").exists()
    assert "leaks" not in TicketWords.objects.get(pk=ticket.pk).words
    assert Attachment.objects.get().ticket == other
    assert [path.exists() for path in paths].count(True) >= 1
    assert Observation.objects.count() == facts
    assert run(RetentionKind.TICKET_TEXTS).found == 0


def test_it_goes_some_rows_at_a_time_and_on_after_a_crash(wang: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(7):
        log_interaction(customer=wang, kind="call", direction="inbound", subject="x", author=None, at=NOW)
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 3)
    real, calls = module._forget, []

    def die(*given: Any) -> None:
        calls.append(len(given[3]))
        if len(calls) == 2:
            raise KeyboardInterrupt
        real(*given)

    monkeypatch.setattr(module, "_forget", die)
    found = start_retention(rule=rule(RetentionKind.INTERACTIONS), is_dry_run=False, at=LATER)
    with pytest.raises(KeyboardInterrupt):
        list(work_jobs(clock=lambda: LATER))
    assert Interaction.objects.filter(subject="x").count() == 4
    Job.objects.update(state="todo")
    list(work_jobs(clock=lambda: LATER))
    found.refresh_from_db()
    assert (found.found, found.done) == (7, 7)
    assert calls == [3, 3, 3, 1]
    assert not Interaction.objects.filter(subject="x").exists()


def test_rows_of_imports_go_and_the_import_is_not_undone_any_more(north: Team) -> None:
    batch = new_batch(north, finished_at=NOW, counts={"customers": {"created": 1}})
    ImportRow.objects.create(batch=batch, kind="customers", file="a.csv", line=2, outcome="created", label="x")
    ImportStep.objects.create(batch=batch, model="customers.Customer", created=[1])
    assert run(RetentionKind.IMPORTS).done == 2
    assert not ImportRow.objects.exists()
    with pytest.raises(CannotUndo):
        undo_import(batch=batch, at=LATER)


def test_old_scores_jobs_and_sessions_go(wang: Customer) -> None:
    score_everybody()
    job = start_job(kind="duplicates", at=NOW)
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=NOW)
    Session.objects.create(session_key="k", session_data="x", expire_date=NOW)
    assert run(RetentionKind.SNAPSHOTS).done == 1
    assert not ScoreSnapshot.objects.exists()
    assert run(RetentionKind.SESSIONS, days=1).done == 1
    assert run(RetentionKind.JOBS).done >= 1
    assert not Job.objects.filter(pk=job.pk).exists()


def test_active_rules_run_once_a_night(db: None) -> None:
    RetentionRule.objects.update(is_active=False)
    rule(RetentionKind.LOG)
    night = NOW.replace(hour=5)
    assert [row.rule.kind for row in plan_retention(at=night)] == ["log"]
    assert plan_retention(at=night + timedelta(hours=10)) == []
    assert len(plan_retention(at=night + timedelta(days=1))) == 1
    assert RetentionRun.objects.filter(is_dry_run=False).count() == 2


def test_an_installation_begins_with_rules_that_nobody_misses(db: None) -> None:
    assert set(RetentionRule.objects.values_list("kind", flat=True)) == set(RetentionKind.values)
    assert set(RetentionRule.objects.filter(is_active=True).values_list("kind", flat=True)) == {
        "jobs",
        "sessions",
        "web_forms",
    }


def test_an_administrator_asks_for_a_report_and_sets_the_days(client: Any, north: Team) -> None:
    ada = make_user("ada", north, role="Administrator")
    client.force_login(ada)
    page = reverse("admin:customers_retentionrule_changelist")
    assert "Texts of interactions" in client.get(page).content.decode()
    found = RetentionRule.objects.get(kind=RetentionKind.INTERACTIONS)
    change = reverse("admin:customers_retentionrule_change", args=[found.pk])
    assert "Report" in client.get(change).content.decode()
    client.post(change, {"days": 30, "is_active": "on", "seen_version": found.version})
    found.refresh_from_db()
    assert (found.days, found.is_active, found.version) == (30, True, 2)
    answer = client.post(reverse("admin:customers_retentionrule_report", args=[found.pk]))
    report = RetentionRun.objects.get()
    assert answer["Location"] == reverse("admin:customers_retentionrun_change", args=[report.pk])
    list(work_jobs(clock=lambda: LATER))
    assert "Found" in client.get(answer["Location"]).content.decode()
    assert report.started_by == ada
    assert client.get(reverse("admin:customers_retentionrun_changelist")).status_code == 200


def test_a_rule_that_is_off_is_not_run_and_others_may_only_look(client: Any, north: Team, bob: User) -> None:
    ada = make_user("ada", north, role="Administrator")
    found = RetentionRule.objects.get(kind=RetentionKind.LOG)
    address = reverse("admin:customers_retentionrule_run", args=[found.pk])
    client.force_login(ada)
    client.post(address)
    assert not RetentionRun.objects.exists()
    client.force_login(bob)
    assert client.get(reverse("admin:customers_retentionrule_changelist")).status_code == 200
    assert client.post(address).status_code == 403
