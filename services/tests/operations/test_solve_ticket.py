import pytest

from customers.models import Customer, Observation, User
from services.models import Queue, SLAPolicy
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after, facts_about
from services.transitions import IllegalTransition


def test_in_time_both_promises_are_kept(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=2))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.solved_at, ticket.resolution_seconds) == ("solved", after(hours=2), 7200)
    fact = facts_about(ticket)["Promises kept"]
    assert (fact.value, fact.reference, fact.at) == (2, 2, after(hours=2))


def test_too_late_one_is_broken(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(days=14))
    fact = facts_about(ticket)["Promises kept"]
    assert ticket.resolution_breached_at == ticket.resolution_due_at
    assert (fact.value, fact.reference) == (1, 2)


def test_without_a_target_only_staying_solved_was_promised(acme: Customer, queue: Queue, ann: User) -> None:
    SLAPolicy.objects.all().delete()
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(days=14))
    fact = facts_about(ticket)["Promises kept"]
    assert (fact.value, fact.reference) == (1, 1)


def test_a_solution_without_a_word_ends_the_wait(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=2))
    fact = facts_about(ticket)["Time to reply"]
    assert (fact.value, fact.due_at, fact.at) == (7200, None, after(hours=2))
    assert (ticket.first_replied_at, ticket.first_reply_due_at) == (None, None)


def test_twice_is_once_too_often(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    written = Observation.objects.count()
    with pytest.raises(IllegalTransition):
        solve_ticket(ticket=ticket, by=ann, at=after(hours=2))
    assert (ticket.events.count(), Observation.objects.count()) == (2, written)
