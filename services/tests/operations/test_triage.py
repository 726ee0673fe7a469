"""Learning from sorted tickets, and what is suggested for a new one."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Team, User
from customers.operations.work_jobs import work_jobs
from services.choices import MessageKind
from services.models import Calendar, Macro, Queue, ServiceType, Ticket, TriageModel
from services.operations.learn_triage import KIND, learn_triage, plan_triage
from services.operations.open_ticket import open_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.operations.suggest_triage import suggest_triage
from tests.cast import NOW

pytestmark = pytest.mark.django_db

PUMP = ["The pump leaks", "Pump is loud", "Our pump broke", "pump without pressure", "水泵漏水"]
BILL = ["Invoice is wrong", "The invoice came twice", "Invoice lost", "copy of an invoice", "发票金额不对"]
LATER = NOW + timedelta(days=1)


@pytest.fixture
def billing(north: Team) -> Queue:
    """Another queue of the team."""
    return Queue.objects.create(name="Billing", team=north, calendar=Calendar.objects.get(name="Office hours"))


@pytest.fixture
def repair(db: None) -> ServiceType:
    return ServiceType.objects.create(code="mend", name="Mending")


@pytest.fixture
def money(db: None) -> ServiceType:
    return ServiceType.objects.create(code="money", name="Money matters")


@pytest.fixture
def solved(
    acme: Customer, queue: Queue, billing: Queue, repair: ServiceType, money: ServiceType, ann: User
) -> list[Ticket]:
    """Thirty tickets that people sorted, answered and solved."""
    tickets = []
    for n in range(15):
        for texts, where, kind in ((PUMP, queue, repair), (BILL, billing, money)):
            ticket = open_ticket(
                customer=acme,
                subject=texts[n % 5],
                body=texts[(n + 1) % 5],
                queue=where,
                service_type=kind,
                by=None,
                at=NOW,
            )
            reply_to_ticket(ticket=ticket, body="Please tighten the seal of the valve.", by=ann, at=NOW)
            solve_ticket(ticket=ticket, by=ann, at=NOW)
            tickets.append(ticket)
    return tickets


@pytest.fixture
def learned(solved: list[Ticket]) -> list[Ticket]:
    learn_triage(at=LATER)
    return solved


def new(customer: Customer, queue: Queue, subject: str, **extra: Any) -> Ticket:
    return open_ticket(customer=customer, subject=subject, queue=queue, by=None, at=LATER, **extra)


def test_it_suggests_the_queue_and_type_that_people_chose_for_such_words(
    learned: list[Ticket], acme: Customer, queue: Queue, billing: Queue, money: ServiceType, ann: User
) -> None:
    triage = suggest_triage(ticket=new(acme, queue, "A wrong invoice"), user=ann)
    assert triage.queue and triage.queue.row == billing
    assert triage.service_type and triage.service_type.row == money
    assert triage.queue.share > 0.5 and "invoice" in triage.queue.because


def test_it_does_not_suggest_what_the_ticket_has(
    learned: list[Ticket], acme: Customer, queue: Queue, repair: ServiceType, ann: User
) -> None:
    triage = suggest_triage(ticket=new(acme, queue, "pump leaks", service_type=repair), user=ann)
    assert triage.queue is None and triage.service_type is None


def test_similar_tickets_come_with_the_words_they_share(
    learned: list[Ticket], acme: Customer, queue: Queue, ann: User
) -> None:
    triage = suggest_triage(ticket=new(acme, queue, "水泵又漏水"), user=ann)
    assert len(triage.similar) == 5
    assert "漏水" in triage.similar[0].because
    assert triage.similar[0].share >= triage.similar[-1].share


def test_tickets_of_other_teams_are_nobodys_example(
    learned: list[Ticket], acme: Customer, queue: Queue, otto: User
) -> None:
    assert suggest_triage(ticket=new(acme, queue, "pump leaks"), user=otto).similar == ()


def test_the_macro_that_answered_such_tickets_is_suggested(
    learned: list[Ticket], acme: Customer, queue: Queue, ann: User
) -> None:
    Macro.objects.create(name="Greetings", kind=MessageKind.REPLY, body="Many thanks and best wishes.")
    seal = Macro.objects.create(name="Seal", kind=MessageKind.REPLY, body="Please tighten the seal of the valve.")
    triage = suggest_triage(ticket=new(acme, queue, "The pump leaks"), user=ann)
    assert triage.macro and triage.macro.row == seal
    assert triage.macro.source in learned


def test_a_macro_of_another_team_is_not_suggested(
    learned: list[Ticket], acme: Customer, queue: Queue, ann: User, south: Team
) -> None:
    body = "Please tighten the seal of the valve."
    Macro.objects.create(name="Seal", kind=MessageKind.REPLY, body=body, team=south)
    assert suggest_triage(ticket=new(acme, queue, "The pump leaks"), user=ann).macro is None


def test_nothing_is_suggested_before_anything_was_learned_nor_of_a_solved_ticket(
    solved: list[Ticket], acme: Customer, queue: Queue, ann: User
) -> None:
    ticket = new(acme, queue, "invoice")
    assert not suggest_triage(ticket=ticket, user=ann)
    learn_triage(at=LATER)
    assert not suggest_triage(ticket=solved[0], user=ann)


def test_a_queue_that_is_gone_is_not_suggested(
    learned: list[Ticket], acme: Customer, queue: Queue, billing: Queue, ann: User
) -> None:
    for ticket in Ticket.objects.filter(queue=billing):
        Ticket.objects.filter(pk=ticket.pk).update(queue=queue)
    billing.delete()
    assert suggest_triage(ticket=new(acme, queue, "invoice wrong"), user=ann).queue is None


def test_what_was_learned_is_forgotten_when_too_little_is_left(learned: list[Ticket]) -> None:
    learn_triage(at=NOW + timedelta(days=3000))
    assert not TriageModel.objects.exclude(target="similar").exists()


def test_it_says_how_right_it_was_on_tickets_it_had_not_seen(learned: list[Ticket]) -> None:
    row = TriageModel.objects.get(target="queue")
    assert row.tickets == 30 and row.right == 1.0 and row.commonest == 0.5


def test_it_is_learned_once_a_day_by_a_job(solved: list[Ticket]) -> None:
    assert plan_triage(at=LATER).pk == plan_triage(at=LATER + timedelta(hours=1)).pk
    (job,) = work_jobs(clock=lambda: LATER, kind=KIND)
    assert job.result == {"queue": 30, "service_type": 30, "similar": 30}


def test_a_suggestion_takes_few_queries(learned: list[Ticket], acme: Customer, queue: Queue, ann: User) -> None:
    ticket = new(acme, queue, "A wrong invoice")
    Macro.objects.create(name="Seal", kind=MessageKind.REPLY, body="Please tighten the seal of the valve.")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        suggest_triage(ticket=ticket, user=ann)
    assert len(queries) <= 13  # three of them load what was learned, once a process


def test_the_command_prints_what_it_learned(solved: list[Ticket], capsys: Any) -> None:
    call_command("learn_triage")
    said = capsys.readouterr().out
    assert "queue" in said and "right 1.000" in said
