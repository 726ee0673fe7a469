import pytest

from customers.models import Customer, User
from services.choices import Priority
from services.models import Queue
from services.operations.change_priority import TicketIsSolved, change_priority
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after, facts_about


def test_the_targets_of_the_new_priority_apply_from_the_start(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    change_priority(ticket=ticket, to=Priority.URGENT, by=ann, at=after(minutes=5))
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.first_reply_due_at) == (Priority.URGENT, after(minutes=30))
    assert facts_about(ticket)["Time to reply"].due_at == after(minutes=30)
    assert ticket.events.get(kind="priority").data == {"old": 2, "new": 4}


def test_a_missed_target_stays_missed(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue, priority=Priority.URGENT)
    change_priority(ticket=ticket, to=Priority.LOW, by=ann, at=after(days=1))
    ticket.refresh_from_db()
    assert ticket.first_reply_breached_at == after(minutes=30)
    assert ticket.resolution_breached_at == after(hours=5)  # four business hours and the lunch break
    assert ticket.events.filter(kind="breached").count() == 2
    solve_ticket(ticket=ticket, by=ann, at=after(days=1))
    promises = facts_about(ticket)["Promises kept"]
    assert (promises.value, promises.reference) == (1, 2)


def test_the_same_priority_changes_nothing(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    change_priority(ticket=ticket, to=Priority.NORMAL, by=ann, at=after())
    ticket.refresh_from_db()
    assert (ticket.version, ticket.events.count()) == (1, 1)


def test_a_solved_ticket_keeps_its_priority(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    with pytest.raises(TicketIsSolved):
        change_priority(ticket=ticket, to=Priority.LOW, by=ann, at=after(hours=2))
