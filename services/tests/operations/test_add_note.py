import pytest

from customers.models import Customer, StaleVersion, User
from services.models import Queue
from services.operations.add_note import add_note
from services.tests.operations.desk import a_ticket, after, facts_about


def test_it_stays_in_the_house_and_moves_nothing(acme: Customer, queue: Queue, bob: User) -> None:
    ticket = a_ticket(acme, queue)
    note = add_note(ticket=ticket, body="He is angry.", by=bob, at=after(hours=1))
    assert (note.kind, note.direction, note.author) == ("note", "internal", bob)
    assert (ticket.status, ticket.first_replied_at, ticket.version) == ("new", None, 2)
    assert facts_about(ticket)["Time to reply"].value is None


def test_it_refuses_a_stale_version(acme: Customer, queue: Queue, bob: User) -> None:
    ticket = a_ticket(acme, queue)
    with pytest.raises(StaleVersion):
        add_note(ticket=ticket, body="Late", by=bob, at=after(), expected_version=7)
    assert ticket.messages.count() == 1
