"""What a visitor says becomes a ticket, once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from customers.models import Customer, Team, User
from customers.operations.merge_customers import merge_customers
from services.choices import Channel, NotificationKind, TicketStatus
from services.mail.parsed import MailFile
from services.models import ChatLine, ChatSession, ChatWidget, Message, Notification, Queue, Ticket
from services.operations.close_ticket import close_ticket
from services.operations.end_chat import end_chat
from services.operations.file_types import FileRefused
from services.operations.merge_tickets import merge_tickets
from services.operations.receive_chat_message import ChatIsOver
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.chats import begin, make_widget, say
from tests.cast import NOW
from tests.customers import enter
from tests.races import at_once

pytestmark = pytest.mark.django_db

PDF = MailFile("plan.pdf", "application/pdf", b"%PDF-1.7 x")


@pytest.fixture
def widget(queue: Queue) -> ChatWidget:
    return make_widget(queue)


def test_the_first_message_opens_a_ticket(widget: ChatWidget) -> None:
    session = begin(widget, name="Jo Doe", language="en")
    assert not Ticket.objects.exists()
    line = say(session, "My pump\nleaks")
    ticket = line.message.ticket
    assert (ticket.channel, ticket.queue, ticket.subject) == (Channel.CHAT, widget.queue, "My pump leaks")
    assert (ticket.customer.name, ticket.customer.team) == ("Jo Doe", widget.queue.team)
    session.refresh_from_db()
    assert (session.ticket, session.customer) == (ticket, ticket.customer)


def test_the_next_one_goes_on_in_it(widget: ChatWidget) -> None:
    session = begin(widget)
    first, second = say(session), say(session, "And it is loud", at=NOW + timedelta(minutes=1))
    assert first.message.ticket == second.message.ticket and first.pk < second.pk


def test_the_same_again_is_the_same_message(widget: ChatWidget) -> None:
    session, key, other = begin(widget), uuid4(), uuid4()
    assert say(session, key=key) == say(session, key=key)
    assert say(session, key=other) == say(session, key=other)
    assert (Message.objects.count(), ChatLine.objects.count(), Ticket.objects.count()) == (2, 2, 1)


def test_strangers_never_share_a_customer(widget: ChatWidget) -> None:
    first, second = say(begin(widget, "a")), say(begin(widget, "b"))
    assert first.message.ticket.customer != second.message.ticket.customer
    assert {customer.name for customer in Customer.objects.all()} == {"Chat visitor"}


def test_whoever_gives_an_address_is_the_customer_who_has_it(widget: ChatWidget, acme: Customer, north: Team) -> None:
    wang = enter(north, "Wang Fang", ("email", "wang@example.com"))
    line = say(begin(widget, email="WANG@example.com"))
    assert line.message.ticket.customer == wang
    new = say(begin(widget, "b", email="new@example.com", name="New")).message.ticket.customer
    assert new.name == "New" and [point.value for point in new.contact_points.all()] == ["new@example.com"]


def test_a_solved_ticket_opens_again_and_one_long_closed_is_followed_up(widget: ChatWidget, ann: User) -> None:
    session = begin(widget)
    ticket = say(session).message.ticket
    solve_ticket(ticket=ticket, by=ann, at=NOW)
    say(session, at=NOW + timedelta(hours=1))
    ticket.refresh_from_db()
    assert ticket.status == TicketStatus.OPEN
    close_ticket(ticket=solve_ticket(ticket=ticket, by=ann, at=NOW + timedelta(hours=2)), by=ann, at=NOW)
    late = say(session, at=NOW + timedelta(days=60))
    session.refresh_from_db()
    assert late.message.ticket != ticket and session.ticket == late.message.ticket
    assert session.lines.count() == 3  # the conversation goes on as one for the visitor


def test_what_was_merged_goes_on_in_the_one_that_was_kept(widget: ChatWidget, ann: User) -> None:
    first, second = begin(widget, "a"), begin(widget, "b")
    kept, gone = say(first).message.ticket, say(second).message.ticket
    merge_tickets(kept=kept, gone=gone, by=ann, at=NOW, across_customers=True)
    assert say(second, "Still there?").message.ticket == kept
    assert [line.message.body for line in first.lines.all()] == ["Help"]  # nothing of what the other one said


def test_the_team_is_told_of_a_new_chat(widget: ChatWidget, ann: User, otto: User) -> None:
    session = begin(widget)
    say(session)
    say(session)
    [told] = Notification.objects.filter(kind=NotificationKind.CHAT)
    assert told.user == ann


def test_files_are_kept_by_the_rules_of_uploads(widget: ChatWidget) -> None:
    session, key = begin(widget), uuid4()
    line = say(session, "", key=key, files=[PDF])
    assert say(session, "", key=key, files=[PDF]) == line
    [file] = line.message.attachments.all()
    assert (file.name, file.content_type) == ("plan.pdf", "application/pdf")
    assert line.message.body == "Files: plan.pdf"
    with pytest.raises(FileRefused):
        say(session, "Look", files=[MailFile("x.exe", "", b"MZ")])
    assert Message.objects.count() == 1


def test_an_ended_chat_takes_nothing(widget: ChatWidget) -> None:
    session = begin(widget)
    say(session)
    end_chat(session=session, at=NOW)
    with pytest.raises(ChatIsOver):
        say(session)


def test_a_merge_of_customers_takes_the_chat_along(widget: ChatWidget, wang: Customer, root: User) -> None:
    session = begin(widget)
    say(session)
    session.refresh_from_db()
    assert session.customer is not None
    merge_customers(kept=wang, gone=session.customer, by=root, at=NOW)
    session.refresh_from_db()
    assert session.customer == wang and say(session).message.ticket.customer == wang


@pytest.mark.django_db(transaction=True)
def test_at_the_same_time_there_is_one_ticket_and_each_message_once(queue: Queue) -> None:
    session, keys = begin(make_widget(queue)), [uuid4(), uuid4()]
    results = at_once(*[lambda key=key: say(session, key=key) for key in keys * 2])
    assert not [result for result in results if isinstance(result, Exception)], results
    assert (Ticket.objects.count(), Message.objects.count()) == (1, 2)


def test_a_chat_that_was_forgotten_is_over(widget: ChatWidget) -> None:
    session = begin(widget)
    ChatSession.objects.all().delete()
    with pytest.raises(ChatIsOver):
        say(session)
