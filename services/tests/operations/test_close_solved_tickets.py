from datetime import timedelta

import pytest

from customers.models import Customer, User
from services.models import Queue, Ticket
from services.operations import close_solved_tickets as module
from services.operations.close_solved_tickets import close_solved_tickets
from services.operations.close_ticket import close_ticket
from services.operations.receive_message import receive_message
from services.operations.solve_ticket import solve_ticket
from services.operations.tick import STEPS
from services.tests.operations.desk import a_ticket, after
from tests.races import at_once

WEEK = timedelta(days=7)  # as every queue begins
SOLVED_AT = after(hours=1)


@pytest.fixture
def solved(acme: Customer, queue: Queue, ann: User) -> list[Ticket]:
    made = [a_ticket(acme, queue) for _ in range(3)]
    return [solve_ticket(ticket=ticket, by=ann, at=SOLVED_AT) for ticket in made]


def statuses() -> list[str]:
    return list(Ticket.objects.order_by("pk").values_list("status", flat=True))


def test_they_are_closed_after_the_days_of_their_queue(solved: list[Ticket], queue: Queue) -> None:
    assert close_solved_tickets(at=SOLVED_AT + WEEK - timedelta(seconds=1)) == 0
    assert close_solved_tickets(at=SOLVED_AT + WEEK) == 3
    assert statuses() == ["closed"] * 3
    event = solved[0].events.last()
    assert event is not None and (event.actor, event.at) == (None, SOLVED_AT + WEEK)


def test_each_queue_has_days_of_its_own(solved: list[Ticket], queue: Queue) -> None:
    slow = Queue.objects.create(name="Slow", team=queue.team, calendar=queue.calendar, close_after_days=30)
    Ticket.objects.filter(pk=solved[0].pk).update(queue=slow)
    assert close_solved_tickets(at=SOLVED_AT + WEEK) == 2
    assert close_solved_tickets(at=SOLVED_AT + timedelta(days=30)) == 1


def test_it_is_done_once(solved: list[Ticket]) -> None:
    close_solved_tickets(at=SOLVED_AT + WEEK)
    assert close_solved_tickets(at=SOLVED_AT + WEEK) == 0
    assert solved[0].events.filter(status_after="closed").count() == 1


def test_so_many_at_once_those_that_wait_longest_first(solved: list[Ticket], ann: User) -> None:
    receive_message(ticket=solved[0], body="?", by=None, at=after(hours=2))
    solve_ticket(ticket=solved[0], by=ann, at=after(hours=3))
    assert close_solved_tickets(at=SOLVED_AT + 2 * WEEK, most=2) == 2
    assert statuses() == ["solved", "closed", "closed"]


def test_one_that_was_reopened_in_between_stays(solved: list[Ticket], monkeypatch: pytest.MonkeyPatch) -> None:
    def reopened_first(*, ticket: Ticket, **given: object) -> Ticket:
        receive_message(ticket=Ticket.objects.get(pk=ticket.pk), body="?", by=None, at=SOLVED_AT + WEEK)
        return close_ticket(ticket=ticket, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "close_ticket", reopened_first)
    assert close_solved_tickets(at=SOLVED_AT + WEEK) == 0
    assert statuses() == ["open"] * 3


def test_one_that_fails_keeps_no_other_open(solved: list[Ticket], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails_once(*, ticket: Ticket, **given: object) -> Ticket:
        if ticket.pk == solved[0].pk:
            raise ValueError("about a customer")
        return close_ticket(ticket=ticket, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "close_ticket", fails_once)
    assert close_solved_tickets(at=SOLVED_AT + WEEK) == 2


def test_the_beat_does_it() -> None:
    assert close_solved_tickets in STEPS


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_close_each_once(solved: list[Ticket]) -> None:
    def beat() -> int:
        return close_solved_tickets(at=SOLVED_AT + WEEK)

    assert sum(at_once(beat, beat)) == 3
    for ticket in solved:
        assert ticket.events.filter(status_after="closed").count() == 1
