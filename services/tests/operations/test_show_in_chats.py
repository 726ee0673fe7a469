"""What agents say reaches the visitor, once and in order; what is not for them never does."""

from datetime import timedelta

import pytest

from customers.models import User
from services.choices import DeliveryStatus, PresenceMode
from services.models import ChatSession, ChatWidget, Queue, Ticket
from services.operations.add_note import add_note
from services.operations.end_chat import end_chat
from services.operations.merge_tickets import merge_tickets
from services.operations.note_chat_read import note_agent_read, note_chat_read
from services.operations.note_presence import note_presence
from services.operations.note_visitor import note_visitor
from services.operations.open_ticket import open_ticket
from services.operations.read_chat import lines_after, state_of
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.chats import begin, make_widget, say
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def widget(queue: Queue) -> ChatWidget:
    return make_widget(queue)


@pytest.fixture
def session(widget: ChatWidget) -> ChatSession:
    session = begin(widget)
    say(session)
    session.refresh_from_db()
    return session


@pytest.fixture
def ticket(session: ChatSession) -> Ticket:
    assert session.ticket is not None
    return session.ticket


def test_a_reply_stands_in_the_chat_and_a_note_does_not(session: ChatSession, ticket: Ticket, ann: User) -> None:
    reply = reply_to_ticket(ticket=ticket, body="Hello", by=ann, at=NOW)
    add_note(ticket=ticket, body="A difficult one", by=ann, at=NOW)
    assert [line.message.body for line in lines_after(session, 0)] == ["Help", "Hello"]
    assert [line.message for line in lines_after(session, session.lines.earliest("pk").pk)] == [reply]
    assert reply.delivery_status == DeliveryStatus.QUEUED


def test_it_is_sent_when_the_visitor_was_shown_it(session: ChatSession, ticket: Ticket, ann: User) -> None:
    replies = [reply_to_ticket(ticket=ticket, body=text, by=ann, at=NOW) for text in "ab"]
    first, second = session.lines.filter(client_key=None)
    assert note_chat_read(session=session, line=first.pk, at=NOW) == 1
    assert note_chat_read(session=session, line=first.pk, at=NOW) == 0
    statuses = [type(reply).objects.get(pk=reply.pk).delivery_status for reply in replies]
    assert statuses == [DeliveryStatus.SENT, DeliveryStatus.QUEUED]
    assert note_chat_read(session=session, line=2**60, at=NOW) == 1
    session.refresh_from_db()
    assert session.seen_line == second.pk  # not beyond what there is: later lines are still to be shown


def test_a_key_of_another_chat_confirms_nothing_of_this_one(
    widget: ChatWidget, session: ChatSession, ticket: Ticket, ann: User
) -> None:
    reply = reply_to_ticket(ticket=ticket, body="Hello", by=ann, at=NOW)
    other = begin(widget, "b")
    say(other)
    note_chat_read(session=other, line=session.lines.latest("pk").pk, at=NOW)
    reply.refresh_from_db()
    assert reply.delivery_status == DeliveryStatus.QUEUED


def test_a_ticket_that_is_no_chat_waits_for_nobody(acme: object, queue: Queue, ann: User) -> None:
    ticket = open_ticket(customer=acme, subject="x", queue=queue, by=None, at=NOW, body="x")  # type: ignore[arg-type]
    assert reply_to_ticket(ticket=ticket, body="Hello", by=ann, at=NOW).delivery_status == DeliveryStatus.NONE


def test_where_the_chat_was_merged_away_the_visitor_still_hears(
    session: ChatSession, ticket: Ticket, queue: Queue, ann: User
) -> None:
    kept = open_ticket(customer=ticket.customer, subject="x", queue=queue, by=None, at=NOW, body="Private")
    merge_tickets(kept=kept, gone=ticket, by=ann, at=NOW)
    reply_to_ticket(ticket=kept, body="Hello", by=ann, at=NOW)
    assert [line.message.body for line in lines_after(session, 0)] == ["Help", "Hello"]


def test_whoever_ended_it_without_an_address_is_told_nothing(session: ChatSession, ticket: Ticket, ann: User) -> None:
    end_chat(session=session, at=NOW)
    assert reply_to_ticket(ticket=ticket, body="Hello", by=ann, at=NOW).delivery_status == DeliveryStatus.NONE
    assert [line.message.body for line in lines_after(session, 0)] == ["Help", "Hello"]


def test_how_it_stands(session: ChatSession, ticket: Ticket, ann: User) -> None:
    state = state_of(session, at=NOW)
    assert (state.number, state.is_ended, state.agent_types, state.agent_read) == (ticket.number, False, False, None)
    note_presence(ticket=ticket, user=ann, mode=PresenceMode.TYPING, at=NOW)
    note_agent_read(ticket=ticket, at=NOW)
    state = state_of(session, at=NOW)
    assert (state.agent_types, state.agent_read, state.may_rate) == (True, NOW, None)
    solve_ticket(ticket=ticket, by=ann, at=NOW)
    assert state_of(session, at=NOW).may_rate == ticket.rating_requests.get()
    assert not state_of(session, at=NOW + timedelta(minutes=1)).agent_types


def test_a_visitor_who_reads_is_written_down_now_and_then(session: ChatSession) -> None:
    note_visitor(session=session, at=NOW + timedelta(seconds=5))
    session.refresh_from_db()
    assert session.heard_at == NOW
    note_visitor(session=session, at=NOW + timedelta(seconds=15))
    note_visitor(session=session, at=NOW + timedelta(seconds=16), types=True)
    session.refresh_from_db()
    assert session.heard_at == session.typing_at == NOW + timedelta(seconds=16)
