"""After a change of calendars and policies: all tickets at once, as refresh_clocks would do one by one."""

import json
from dataclasses import asdict
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from customers.models import Customer, Job, Observation, User
from customers.operations.work_jobs import work_jobs
from services.choices import EventKind, Priority
from services.models import Queue, SLAPolicy, SLATarget, Ticket
from services.operations import recompute_clocks as module
from services.operations.assign_ticket import assign_ticket
from services.operations.change_priority import change_priority
from services.operations.close_ticket import close_ticket
from services.operations.fill_holidays import fill_holidays
from services.operations.pend_ticket import pend_ticket
from services.operations.receive_message import receive_message
from services.operations.recompute_clocks import recompute_clocks
from services.operations.refresh_clocks import CLOCK_COLUMNS, compute_clocks
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.sla_terms import terms_of
from services.operations.solve_ticket import solve_ticket
from services.operations.start_recompute import start_recompute
from services.tests.operations.desk import a_ticket, after

LATER = after(days=30)


@pytest.fixture
def desk(acme: Customer, queue: Queue, ann: User) -> list[Ticket]:
    """Tickets in every state of life: new, late, asked again, paused, reopened, raised, solved, closed."""
    tickets = [a_ticket(acme, queue, priority=Priority(1 + n % 4), at=after(hours=n)) for n in range(9)]
    for ticket in tickets[1:]:
        reply_to_ticket(ticket=ticket, body="Which?", by=ann, at=after(hours=9))
    receive_message(ticket=tickets[2], body="This", by=None, at=after(hours=26))
    receive_message(ticket=tickets[3], body="This", by=None, at=after(hours=27))
    reply_to_ticket(ticket=tickets[3], body="Late", by=ann, at=after(days=5))
    pend_ticket(ticket=tickets[4], by=ann, at=after(days=1))
    for n in (5, 6, 7):
        solve_ticket(ticket=tickets[n], by=ann, at=after(days=2))
    reopen_ticket(ticket=tickets[5], by=ann, at=after(days=3))
    close_ticket(ticket=tickets[7], by=ann, at=after(days=9))
    change_priority(ticket=tickets[8], to=Priority.URGENT, by=ann, at=after(days=1))
    recompute_clocks(at=LATER, everything=True)
    return tickets


def changed_terms(queue: Queue) -> None:
    """Another calendar, with holidays, and other targets."""
    calendar = queue.calendar
    calendar.hours = {str(day): [["08:00", "11:00"], ["12:00", "16:30"]] for day in range(6)}
    calendar.time_zone = "America/New_York"
    calendar.save()
    fill_holidays(calendar=calendar, country="US", years=[2026], at=after())
    calendar.holidays.create(date=after(days=1).date(), name="Stocktaking")
    for target in SLATarget.objects.all():
        target.next_reply_minutes, target.resolution_minutes = 45, (target.resolution_minutes or 0) // 2 + 7
        target.save()


def told_one_by_one(ticket: Ticket) -> dict[str, Any]:
    """The columns as refresh_clocks computes them of a ticket alone."""
    return asdict(compute_clocks(events=list(ticket.events.all()), terms=terms_of(ticket), at=LATER))


def columns(ticket: Ticket) -> dict[str, Any]:
    fresh = Ticket.objects.get(pk=ticket.pk)
    return {name: getattr(fresh, name) for name in CLOCK_COLUMNS}


@pytest.mark.parametrize("everything", [True, False])
def test_the_columns_equal_what_each_ticket_alone_would_get(
    desk: list[Ticket], queue: Queue, everything: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TICKETS_AT_ONCE", 2)
    before = {ticket.pk: columns(ticket) for ticket in desk}
    changed_terms(queue)
    done = recompute_clocks(at=LATER, everything=everything)
    looked_at = Ticket.objects.filter(pk__in=before) if everything else Ticket.objects.unsolved()
    assert done.tickets == looked_at.count() and done.changed > 3
    for ticket in looked_at:
        assert columns(ticket) == told_one_by_one(ticket), ticket.pk
    for ticket in Ticket.objects.exclude(pk__in=looked_at.values("pk")):
        assert columns(ticket) == before[ticket.pk]


def test_twice_is_once(desk: list[Ticket], queue: Queue) -> None:
    changed_terms(queue)
    recompute_clocks(at=LATER, everything=True)
    again = recompute_clocks(at=LATER, everything=True)
    assert (again.changed, again.breaches_kept) == (0, 0)


def test_a_breach_is_never_erased(desk: list[Ticket], queue: Queue) -> None:
    late = {t.pk: columns(t)["resolution_breached_at"] for t in Ticket.objects.exclude(resolution_breached_at=None)}
    SLATarget.objects.update(resolution_minutes=10**6, first_reply_minutes=10**6)
    done = recompute_clocks(at=LATER, everything=True)
    assert late and done.breaches_kept >= len(late)
    for pk, since in late.items():
        ticket = Ticket.objects.get(pk=pk)
        assert ticket.resolution_breached_at == since
        told = [e.data for e in ticket.events.filter(kind=EventKind.BREACHED)]
        assert {"clock": "resolution", "since": since.isoformat()} in told
        assert columns(ticket) == told_one_by_one(ticket)


def test_a_breach_that_alone_would_move_is_kept_in_the_history(acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue, at=after(hours=4))  # due as the office closes: late when it opens on Thursday
    recompute_clocks(at=LATER)
    late = columns(ticket)["first_reply_breached_at"]
    queue.calendar.holidays.create(date=late.date())
    done = recompute_clocks(at=LATER)
    assert columns(ticket)["first_reply_breached_at"] == late
    assert {"clock": "first_reply", "since": late.isoformat()} in [e.data for e in ticket.events.all()]
    assert done.breaches_kept >= 1 and recompute_clocks(at=LATER).breaches_kept == 0
    assert columns(ticket) == told_one_by_one(ticket)


def test_a_ticket_that_changed_meanwhile_is_left_to_its_verb(
    desk: list[Ticket], queue: Queue, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed_terms(queue)
    ticket, read = desk[0], module._events_of

    def meddled(*args: Any, **options: Any) -> Any:
        events = read(*args, **options)
        reply_to_ticket(ticket=ticket, body="Here", by=ann, at=after(days=31))
        return events

    monkeypatch.setattr(module, "_events_of", meddled)
    recompute_clocks(at=LATER)
    assert columns(ticket)["first_replied_at"] == after(days=31)


def test_facts_follow(desk: list[Ticket], queue: Queue) -> None:
    def values() -> dict[tuple[int, int], Any]:
        rows = Observation.objects.filter(subject_type="ticket", superseded_version=None)
        return {(row.subject_id, row.measure): row.value for row in rows}

    before = values()
    changed_terms(queue)
    recompute_clocks(at=LATER)
    assert values().keys() == before.keys() and values() != before


def test_it_costs_a_handful_of_queries_a_page(
    desk: list[Ticket], queue: Queue, django_assert_max_num_queries: Any
) -> None:
    changed_terms(queue)
    with django_assert_max_num_queries(25):
        recompute_clocks(at=LATER, everything=True)


def test_the_command_tells_what_it_did(desk: list[Ticket], queue: Queue) -> None:
    out = StringIO()
    SLAPolicy.objects.update(is_active=True)
    changed_terms(queue)
    call_command("recompute_clocks", "--all", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["tickets"] == len(desk) and told["changed"] > 0
    call_command("recompute_clocks", stdout=out)
    assert "had other clocks" in out.getvalue()


def test_a_worker_does_it_and_a_job_that_waits_is_enough(desk: list[Ticket], queue: Queue, ann: User) -> None:
    changed_terms(queue)
    job = start_recompute(by=ann, at=LATER)
    assert start_recompute(by=ann, at=LATER) == job
    assert start_recompute(by=ann, at=LATER, everything=True) != job
    assert [done.state for done in work_jobs(clock=lambda: LATER)] == ["done", "done"]
    assert Job.objects.get(pk=job.pk).result["changed"] > 0
    assert start_recompute(by=ann, at=LATER) != job


def test_an_assigned_ticket_keeps_its_version(desk: list[Ticket], queue: Queue, ann: User) -> None:
    assign_ticket(ticket=desk[0], to=ann.agent, by=ann, at=LATER)
    version = Ticket.objects.get(pk=desk[0].pk).version
    changed_terms(queue)
    recompute_clocks(at=LATER)
    assert Ticket.objects.get(pk=desk[0].pk).version == version
