"""Chats on the desk: the card, the view, how it stands with the visitor, what became of a reply."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import User
from services.admin.desk.chats import waiting_chats
from services.models import Agent, ChatSession, Notification, Queue, Ticket
from services.operations.end_chat import end_chat
from services.operations.note_chat_read import note_chat_read
from services.operations.note_visitor import note_visitor
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.take_ticket import take_ticket
from services.tests.operations.chats import begin, make_widget, say
from tests.cast import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(queue: Queue, ann: User) -> ChatSession:
    now = timezone.now()
    session = begin(make_widget(queue), at=now)
    say(session, "My pump leaks", at=now)
    session.refresh_from_db()
    return session


@pytest.fixture
def ticket(session: ChatSession) -> Ticket:
    assert session.ticket is not None
    return session.ticket


@pytest.fixture
def client(ann: User) -> Client:
    client = Client()
    client.force_login(ann)
    return client


def pulse(client: Client, ticket: Ticket | None = None) -> Any:
    return client.get(reverse("admin:desk_pulse"), {"ticket": ticket.pk} if ticket else {}).json()


def test_a_new_chat_has_a_card_until_somebody_answers(client: Client, ticket: Ticket, ann: User) -> None:
    [card] = pulse(client)["calls"]
    assert (card["icon"], card["title"], card["text"]) == ("forum", "Chat visitor", "My pump leaks")
    assert card["url"].endswith(f"?ticket={ticket.pk}")
    reply_to_ticket(ticket=ticket, body="Hello", by=ann, at=timezone.now())
    assert pulse(client)["calls"] == []


def test_or_until_somebody_else_has_taken_it(client: Client, ticket: Ticket, queue: Queue) -> None:
    bea = make_user("bea", queue.team, role="Agent")
    Agent.objects.create(user=bea, name="Bea")
    take_ticket(ticket=ticket, by=bea, at=timezone.now())
    assert pulse(client)["calls"] == []


def test_it_goes_by_itself_after_a_while(client: Client, ticket: Ticket) -> None:
    Notification.objects.update(at=timezone.now() - timedelta(minutes=11))
    assert pulse(client)["calls"] == []


def test_an_outsider_sees_no_card(ticket: Ticket, otto: User) -> None:
    client = Client()
    client.force_login(otto)
    assert pulse(client)["calls"] == [] and pulse(client, ticket)["here"] == []
    assert waiting_chats(otto, at=timezone.now()) == []


def test_the_desk_says_what_the_visitor_does(client: Client, session: ChatSession, ticket: Ticket) -> None:
    told = pulse(client, ticket)
    assert told["here"] == ["The visitor is in the chat"] and told["live"] is True
    note_visitor(session=session, at=timezone.now(), types=True)
    assert pulse(client, ticket)["here"] == ["The visitor is typing …"]
    ChatSession.objects.update(heard_at=timezone.now() - timedelta(minutes=2), typing_at=None)
    told = pulse(client, ticket)
    assert told["here"][0].startswith("The visitor has left") and told["live"] is False
    end_chat(session=session, at=timezone.now())
    assert pulse(client, ticket)["here"][0].startswith("The visitor ended the chat")


def test_the_open_ticket_says_where_a_reply_goes_and_whether_it_was_read(
    client: Client, session: ChatSession, ticket: Ticket, ann: User
) -> None:
    def page() -> str:
        return client.get(reverse("admin:desk_ticket", args=[ticket.pk])).content.decode()

    assert "The visitor reads it in the chat." in page()
    reply_to_ticket(ticket=ticket, body="Hello", by=ann, at=timezone.now())
    assert "Not read in the chat yet" in page()
    before = pulse(client, ticket)["read"]
    note_chat_read(session=session, line=session.lines.latest("pk").pk, at=timezone.now())
    assert "Read in the chat" in page() and pulse(client, ticket)["read"] > before
    ChatSession.objects.update(heard_at=timezone.now() - timedelta(minutes=2))
    assert "gave no e-mail address" in page()


def test_who_looks_at_it_has_read_it(client: Client, session: ChatSession, ticket: Ticket) -> None:
    client.post(reverse("admin:desk_presence", args=[ticket.pk]), {"mode": "viewing"})
    session.refresh_from_db()
    assert session.agent_seen_at is not None


def test_there_is_a_view_of_those_who_wait(client: Client, ticket: Ticket, ann: User) -> None:
    url = reverse("admin:desk_list")
    assert ticket.number in client.get(url, {"view": "chats"}).content.decode()
    reply_to_ticket(ticket=ticket, body="Hello", by=ann, at=timezone.now())
    assert ticket.number not in client.get(url, {"view": "chats"}).content.decode()
