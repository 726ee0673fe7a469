import pytest

from customers.models import Customer, StaleVersion, User
from services.models import Queue
from services.operations.add_time import BadTime, add_time
from services.operations.close_ticket import close_ticket
from services.operations.merge_tickets import merge_tickets
from services.operations.solve_ticket import solve_ticket
from services.operations.ticket_change import TicketIsFinal
from services.tests.operations.desk import a_ticket, after


def test_it_is_put_down_and_taken_back(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    entry = add_time(ticket=ticket, minutes=30, note="On the phone", by=ann, at=after(hours=1))
    assert (entry.user, entry.at, ticket.version) == (ann, after(hours=1), 2)
    add_time(ticket=ticket, minutes=-10, by=ann, at=after(hours=2))
    assert ticket.minutes_spent() == 20
    assert ticket.events.filter(kind="time_spent").count() == 2


@pytest.mark.parametrize("minutes", [0, -1, 10**6, -(10**6)])
def test_no_time_and_too_much_are_refused(acme: Customer, queue: Queue, ann: User, minutes: int) -> None:
    ticket = a_ticket(acme, queue)
    with pytest.raises(BadTime):
        add_time(ticket=ticket, minutes=minutes, by=ann, at=after(hours=1))
    assert not ticket.time_entries.exists()


def test_a_closed_ticket_takes_time_and_a_merged_one_none(acme: Customer, queue: Queue, ann: User) -> None:
    closed, gone = a_ticket(acme, queue), a_ticket(acme, queue)
    merge_tickets(kept=closed, gone=gone, by=ann, at=after())
    solve_ticket(ticket=closed, by=ann, at=after(hours=1))
    close_ticket(ticket=closed, by=ann, at=after(hours=1))
    add_time(ticket=closed, minutes=5, by=ann, at=after(hours=2))
    assert closed.status == "closed"
    with pytest.raises(TicketIsFinal):
        add_time(ticket=gone, minutes=5, by=ann, at=after(hours=2))


def test_a_stale_one_is_refused(acme: Customer, queue: Queue, ann: User) -> None:
    with pytest.raises(StaleVersion):
        add_time(ticket=a_ticket(acme, queue), minutes=5, by=ann, at=after(), expected_version=9)
