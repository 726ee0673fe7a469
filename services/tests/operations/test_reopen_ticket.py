import pytest

from customers.models import Customer, Observation, User
from services.models import Queue
from services.operations.close_ticket import close_ticket
from services.operations.pend_ticket import pend_ticket
from services.operations.reopen_ticket import reopen_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after, facts_about
from services.transitions import IllegalTransition


def test_within_two_weeks_the_promise_is_broken(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    reopen_ticket(ticket=ticket, by=ann, at=after(days=13))
    fact = facts_about(ticket)["Promises kept"]
    assert (fact.value, fact.reference, fact.at) == (1, 2, after(days=13))
    old = Observation.objects.get(measure=fact.measure, superseded_at=after(days=13))
    assert (old.value, old.at) == (2, after(hours=1))


def test_later_it_is_kept(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    reopen_ticket(ticket=ticket, by=ann, at=after(days=15))
    assert facts_about(ticket)["Promises kept"].value == 2
    assert ticket.reopen_count == 1


def test_solving_again_does_not_mend_it(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    reopen_ticket(ticket=ticket, by=ann, at=after(hours=2))
    solve_ticket(ticket=ticket, by=ann, at=after(hours=2, minutes=10))
    fact = facts_about(ticket)["Promises kept"]
    assert (fact.value, fact.at) == (1, after(hours=2, minutes=10))
    assert ticket.resolution_seconds == 3600 + 600


def test_a_pending_ticket_goes_on_and_the_pause_is_not_counted(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    due = ticket.resolution_due_at
    pend_ticket(ticket=ticket, by=ann, at=after(hours=1))
    assert ticket.resolution_due_at is None
    reopen_ticket(ticket=ticket, by=ann, at=after(hours=2))
    assert due is not None and ticket.resolution_due_at == due + (after(hours=1) - after())
    assert (ticket.status, ticket.reopen_count) == ("open", 0)


def test_a_closed_ticket_stays_closed(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    close_ticket(ticket=ticket, by=ann, at=after(hours=2))
    with pytest.raises(IllegalTransition):
        reopen_ticket(ticket=ticket, by=ann, at=after(hours=3))
