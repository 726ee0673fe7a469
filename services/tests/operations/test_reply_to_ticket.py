import pytest

from customers.models import Customer, Observation, StaleVersion, User
from services.choices import Priority, TicketStatus
from services.models import Queue
from services.operations.change_priority import change_priority
from services.operations.close_ticket import close_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.operations.ticket_change import TicketIsFinal
from services.tests.operations.desk import a_ticket, after, facts_about


def test_it_answers_in_public_and_opens_a_new_ticket(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    message = reply_to_ticket(ticket=ticket, body="On our way.", by=ann, at=after(hours=1))
    assert (message.kind, message.direction, message.author, message.customer) == ("reply", "outbound", ann, None)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.version) == ("open", 2)


def test_the_first_reply_stops_the_clock(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    reply_to_ticket(ticket=ticket, body="One", by=ann, at=after(hours=1))
    reply_to_ticket(ticket=ticket, body="Two", by=ann, at=after(hours=2))
    ticket.refresh_from_db()
    assert (ticket.first_replied_at, ticket.first_reply_seconds) == (after(hours=1), 3600)
    assert ticket.first_reply_breached_at is None


def test_the_wait_becomes_a_fact_with_its_length(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    reply_to_ticket(ticket=ticket, body="One", by=ann, at=after(hours=1))
    fact = facts_about(ticket)["Time to reply"]
    assert (fact.value, fact.reference, fact.at, fact.due_at) == (3600, 4 * 3600, after(hours=1), None)
    assert Observation.objects.filter(superseded_at=after(hours=1)).count() == 1


def test_a_late_reply_is_a_breach_since_it_was_due(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    reply_to_ticket(ticket=ticket, body="Sorry!", by=ann, at=after(hours=6))
    assert ticket.first_reply_breached_at == after(hours=5)


def test_a_later_priority_leaves_the_target_of_the_reply_alone(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    reply_to_ticket(ticket=ticket, body="One", by=ann, at=after(hours=1))
    change_priority(ticket=ticket, to=Priority.URGENT, by=ann, at=after(hours=2))
    assert (ticket.first_reply_due_at, ticket.first_reply_breached_at) == (after(hours=5), None)
    assert facts_about(ticket)["Time to reply"].reference == 4 * 3600


def test_it_may_solve_or_wait_in_the_same_breath(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    reply_to_ticket(ticket=ticket, body="Which pump?", by=ann, at=after(hours=1), status_after=TicketStatus.PENDING)
    assert ticket.status == "pending"
    reply_to_ticket(ticket=ticket, body="Fixed.", by=ann, at=after(hours=2), status_after=TicketStatus.SOLVED)
    assert (ticket.status, ticket.resolution_seconds) == ("solved", 3600)
    assert [e.kind for e in ticket.events.all()] == ["opened", "agent_reply", "status", "agent_reply", "status"]


def test_a_solved_ticket_stays_solved(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    reply_to_ticket(ticket=ticket, body="One more thing.", by=ann, at=after(hours=2))
    assert (ticket.status, ticket.solved_at) == ("solved", after(hours=1))


def test_it_refuses_a_closed_ticket(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    close_ticket(ticket=ticket, by=ann, at=after(hours=2))
    with pytest.raises(TicketIsFinal, match=ticket.number):
        reply_to_ticket(ticket=ticket, body="Too late", by=ann, at=after(hours=3))
    assert ticket.messages.count() == 1


def test_it_refuses_a_stale_version(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    reply_to_ticket(ticket=ticket, body="One", by=ann, at=after(hours=1), expected_version=1)
    with pytest.raises(StaleVersion):
        reply_to_ticket(ticket=ticket, body="Two", by=ann, at=after(hours=1), expected_version=1)
    assert ticket.messages.count() == 2


def test_time_never_runs_backwards_in_a_history(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    reply_to_ticket(ticket=ticket, body="From a slow clock", by=ann, at=after(hours=-1))
    event = ticket.events.get(kind="agent_reply")
    assert (event.at, event.recorded_at) == (after(), after(hours=-1))
    assert ticket.first_reply_seconds == 0
