import pytest

from customers.models import Customer, User
from services.choices import NotificationKind, TicketStatus
from services.models import Notification, Queue, Ticket, TicketLink
from services.operations.close_ticket import close_ticket
from services.operations.hold_ticket import hold_ticket
from services.operations.merge_tickets import merge_tickets
from services.operations.pend_ticket import pend_ticket
from services.operations.receive_message import receive_message
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after
from tests.cast import NOW


@pytest.fixture
def closed(acme: Customer, wang: Customer, queue: Queue, ann: User) -> Ticket:
    """A ticket that Wang asked for, closed two hours after NOW. The queue's grace is 14 days."""
    ticket = a_ticket(acme, queue, requester=wang, inherited={"machine": "P7"})
    solve_ticket(ticket=ticket, by=ann, at=after(hours=1))
    return close_ticket(ticket=ticket, by=ann, at=after(hours=2))


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


def test_a_closed_ticket_is_reopened_within_its_grace(closed: Ticket) -> None:
    message = receive_message(ticket=closed, body="Hello?", by=None, at=after(days=14, hours=2))
    row = Ticket.objects.get()
    assert (message.ticket, row.status, row.reopen_count, row.solved_at) == (closed, "open", 1, None)
    assert [event.kind for event in row.events.all()][-2:] == ["customer_message", "reopened"]


def test_after_the_grace_a_new_ticket_follows_it_up(closed: Ticket, wang: Customer) -> None:
    message = receive_message(ticket=closed, body="It leaks again", by=None, at=after(days=14, hours=3))
    new = message.ticket
    assert new != closed and (new.status, new.subject, new.queue) == ("new", closed.subject, closed.queue)
    assert (new.customer, new.requester, new.attributes) == (closed.customer, wang, {"machine": "P7"})
    assert (message.body, message.customer) == ("It leaks again", wang)
    link = TicketLink.objects.get()
    assert (link.from_ticket, link.to_ticket, link.kind) == (new, closed, "follow_up")
    closed.refresh_from_db()
    assert (closed.status, closed.messages.count()) == ("closed", 1)
    assert [ticket.events.filter(kind="linked").count() for ticket in (new, closed)] == [1, 1]


def test_a_second_reply_goes_to_the_ticket_that_follows_up(closed: Ticket) -> None:
    first = receive_message(ticket=closed, body="Again", by=None, at=after(days=20))
    second = receive_message(ticket=closed, body="And again", by=None, at=after(days=21))
    assert second.ticket == first.ticket
    Ticket.objects.filter(pk=first.ticket_id).update(status=TicketStatus.SOLVED)
    assert receive_message(ticket=closed, body="Later", by=None, at=after(days=50)).ticket != first.ticket


def test_the_grace_runs_from_the_last_closing(closed: Ticket, ann: User) -> None:
    receive_message(ticket=closed, body="Hello?", by=None, at=after(days=10))
    solve_ticket(ticket=closed, by=ann, at=after(days=11))
    close_ticket(ticket=closed, by=ann, at=after(days=12))
    receive_message(ticket=closed, body="Hello?", by=None, at=after(days=20))
    assert (closed.status, closed.reopen_count) == ("open", 2)


def test_a_queue_may_have_no_grace(closed: Ticket, queue: Queue) -> None:
    Queue.objects.filter(pk=queue.pk).update(reopen_days=0)
    row = Ticket.objects.get()
    assert receive_message(ticket=row, body="Hello?", by=None, at=after(hours=3)).ticket != closed


def test_a_reply_to_a_merged_ticket_lands_in_the_one_that_was_kept(acme: Customer, queue: Queue, ann: User) -> None:
    first, second, third = (a_ticket(acme, queue, subject=name) for name in "ABC")
    merge_tickets(kept=second, gone=first, by=ann, at=NOW)
    merge_tickets(kept=third, gone=second, by=ann, at=NOW)
    solve_ticket(ticket=third, by=ann, at=after(hours=1))
    stale = Ticket.objects.get(pk=first.pk)
    message = receive_message(ticket=stale, body="More", by=None, at=after(hours=2), expected_version=99)
    assert message.ticket == third and Ticket.objects.get(pk=third.pk).status == "open"


def test_whoever_has_the_ticket_is_told_once(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue, assignee=ann.agent)
    Notification.objects.all().delete()
    receive_message(ticket=ticket, body="Any news?", by=None, at=NOW)
    receive_message(ticket=ticket, body="He called me", by=ann, at=NOW)  # entered by whoever has it
    [told] = Notification.objects.all()
    assert (told.user, told.ticket, told.kind, told.detail) == (ann, ticket, NotificationKind.REPLIED, "")
