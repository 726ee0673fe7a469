import pytest

from customers.models import Customer, User
from services.models import Queue
from services.operations.close_ticket import close_ticket
from services.operations.hold_ticket import hold_ticket
from services.operations.pend_ticket import pend_ticket
from services.operations.receive_message import receive_message
from services.operations.solve_ticket import solve_ticket
from services.operations.ticket_change import TicketIsFinal
from services.tests.operations.desk import a_ticket, after


def test_a_new_ticket_stays_new(acme: Customer, wang: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue, requester=wang)
    message = receive_message(ticket=ticket, body="还有水。", by=None, at=after(hours=1))
    assert (ticket.status, message.customer, message.author) == ("new", wang, None)
    message.refresh_from_db()
    assert message.body == "还有水。"


@pytest.mark.parametrize("wait", [pend_ticket, hold_ticket])
def test_a_waiting_ticket_opens_without_counting_as_reopened(
    acme: Customer, queue: Queue, ann: User, wait: type
) -> None:
    ticket = a_ticket(acme, queue)
    wait(ticket=ticket, by=ann, at=after(hours=1))
    receive_message(ticket=ticket, body="Model 7.", by=None, at=after(hours=2))
    assert (ticket.status, ticket.reopen_count) == ("open", 0)


def test_a_solved_ticket_is_reopened(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    receive_message(ticket=ticket, body="It leaks again.", by=None, at=after(days=1))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.solved_at, ticket.reopen_count) == ("open", None, 1)


def test_a_closed_ticket_takes_no_more(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    close_ticket(ticket=ticket, by=ann, at=after(hours=2))
    with pytest.raises(TicketIsFinal):
        receive_message(ticket=ticket, body="Hello?", by=None, at=after(hours=3))
