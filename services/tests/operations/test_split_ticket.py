import pytest

from customers.models import Customer, User
from services.models import Attachment, Message, Queue, Ticket, TicketLink
from services.operations.close_ticket import close_ticket
from services.operations.receive_message import receive_message
from services.operations.solve_ticket import solve_ticket
from services.operations.split_ticket import NothingWouldBeLeft, split_ticket
from services.operations.ticket_change import TicketIsFinal
from services.tests.operations.desk import a_ticket, after


@pytest.fixture
def second(acme: Customer, wang: Customer, queue: Queue) -> Message:
    """The second message of a ticket, by Wang, with a file."""
    ticket = a_ticket(acme, queue, priority=3)
    message = receive_message(ticket=ticket, body="And the valve?", by=None, at=after(hours=1), customer=wang)
    Attachment.objects.create(
        ticket=ticket, message=message, name="a.txt", content_type="text/plain", size=1, sha256="", at=after(hours=1)
    )
    return message


def test_the_message_goes_over_with_its_files(second: Message, wang: Customer, ann: User) -> None:
    old = second.ticket
    new = split_ticket(message=second, subject="The valve", by=ann, at=after(hours=2))
    assert (new.subject, new.customer, new.requester, new.priority) == ("The valve", old.customer, wang, 3)
    assert (new.created_at, new.status) == (after(hours=2), "new")
    assert new.messages.get() == second and new.attachments.get().message == second
    assert [message.body for message in old.messages.all()] == ["Water everywhere."]
    link = TicketLink.objects.get()
    assert (link.from_ticket, link.to_ticket, link.kind) == (new, old, "split")
    assert [event.kind for event in old.events.all()][-2:] == ["split", "linked"]
    assert new.events.last().data["other"] == old.pk  # type: ignore[union-attr]


def test_without_a_subject_it_is_about_the_same(second: Message, ann: User) -> None:
    assert split_ticket(message=second, by=ann, at=after(hours=2)).subject == "Pump leaks"


def test_the_only_message_stays(acme: Customer, queue: Queue, ann: User) -> None:
    message = a_ticket(acme, queue).messages.get()
    with pytest.raises(NothingWouldBeLeft):
        split_ticket(message=message, by=ann, at=after(hours=2))
    assert Ticket.objects.count() == 1


def test_a_closed_ticket_gives_nothing_away(second: Message, ann: User) -> None:
    solve_ticket(ticket=second.ticket, by=ann, at=after(hours=1))
    close_ticket(ticket=second.ticket, by=ann, at=after(hours=1))
    with pytest.raises(TicketIsFinal):
        split_ticket(message=second, by=ann, at=after(hours=2))
