"""What a visitor who left has not read goes to them by mail, in one and once."""

from datetime import datetime, timedelta

import pytest

from customers.models import Customer, User
from customers.operations.record_consent import record_consent
from services.choices import DeliveryStatus, MailOutcome
from services.models import ChatSession, Mailbox, OutboundMail, Queue, Ticket
from services.operations.end_chat import end_chat
from services.operations.fail_mail import fail_mail
from services.operations.mail_unseen_chat import mail_unseen_chat
from services.operations.note_chat_read import note_chat_read
from services.operations.note_visitor import note_visitor
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.say_delivery import say_delivery
from services.tests.operations.chats import begin, make_widget, say
from services.tests.operations.mails import a_mailbox, come_in, mail
from tests.cast import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=6)


@pytest.fixture
def mailbox(queue: Queue) -> Mailbox:
    return a_mailbox(queue, sends=True)


@pytest.fixture
def session(queue: Queue, mailbox: Mailbox) -> ChatSession:
    session = begin(make_widget(queue), email="jo@visitor.example", name="Jo")
    say(session)
    session.refresh_from_db()
    return session


@pytest.fixture
def ticket(session: ChatSession) -> Ticket:
    assert session.ticket is not None
    return session.ticket


def reply(ticket: Ticket, ann: User, text: str, at: datetime = NOW) -> object:
    return reply_to_ticket(ticket=ticket, body=text, by=ann, at=at)


def test_what_was_not_read_goes_in_one_mail_and_once(session: ChatSession, ticket: Ticket, ann: User) -> None:
    reply(ticket, ann, "Seen")
    note_chat_read(session=session, line=session.lines.latest("pk").pk, at=NOW)
    reply(ticket, ann, "First")
    reply(ticket, ann, "Second")
    assert mail_unseen_chat(at=NOW + timedelta(minutes=4)) == 0  # they may come back
    assert mail_unseen_chat(at=LATER) == 1 and mail_unseen_chat(at=LATER) == 0
    sent = OutboundMail.objects.get()
    assert sent.recipient == "jo@visitor.example" and sent.customer == ticket.customer
    assert "First\n\nSecond" in (sent.body or "") and "Seen" not in (sent.body or "")
    say_delivery(mail=sent, status=DeliveryStatus.SENT)
    assert {message.delivery_status for message in ticket.messages.filter(direction="outbound")} == {"sent"}


def test_all_that_it_tells_shares_its_fate(session: ChatSession, ticket: Ticket, ann: User) -> None:
    for text in ("First", "Second"):
        reply(ticket, ann, text)
    mail_unseen_chat(at=LATER)
    fail_mail(mail=OutboundMail.objects.get(), problem="no-such-user", at=LATER)
    assert {message.delivery_status for message in ticket.messages.filter(direction="outbound")} == {"failed"}


def test_who_is_still_there_gets_no_mail(session: ChatSession, ticket: Ticket, ann: User) -> None:
    reply(ticket, ann, "Hello")
    note_visitor(session=session, at=LATER)
    assert mail_unseen_chat(at=LATER + timedelta(minutes=1)) == 0


def test_what_comes_after_goes_in_another(session: ChatSession, ticket: Ticket, ann: User) -> None:
    reply(ticket, ann, "First")
    mail_unseen_chat(at=LATER)
    reply(ticket, ann, "Second", LATER)
    assert mail_unseen_chat(at=LATER + timedelta(minutes=1)) == 1
    assert "First" not in (OutboundMail.objects.latest("written_at").body or "")


def test_an_answer_to_it_comes_into_the_ticket(
    session: ChatSession, ticket: Ticket, ann: User, mailbox: Mailbox
) -> None:
    reply(ticket, ann, "First")
    mail_unseen_chat(at=LATER)
    number = OutboundMail.objects.get().internet_id
    raw = mail("Thank you", sender="Jo <jo@visitor.example>", subject="Re: x", In_Reply_To=number)
    stored = come_in(mailbox, raw, at=LATER)
    assert (stored.outcome, stored.message and stored.message.ticket) == (MailOutcome.MESSAGE, ticket)
    assert session.lines.count() == 2  # whoever writes mail is not yet who sits in the chat


def test_whoever_ended_the_chat_is_answered_by_mail(session: ChatSession, ticket: Ticket, ann: User) -> None:
    end_chat(session=session, at=NOW)
    reply(ticket, ann, "Hello")
    assert mail_unseen_chat(at=LATER) == 1


def test_without_an_address_or_a_mailbox_nothing_leaves(queue: Queue, ann: User) -> None:
    silent = begin(make_widget(queue))
    message = say(silent).message
    reply(message.ticket, ann, "Hello")
    assert mail_unseen_chat(at=LATER) == 0
    a_mailbox(queue, sends=True)
    assert mail_unseen_chat(at=LATER) == 0


def test_who_wants_no_mail_gets_none(session: ChatSession, ticket: Ticket, ann: User) -> None:
    customer: Customer = ticket.customer
    record_consent(customer=customer, purpose="service", channel="email", is_given=False, source="chat", at=NOW)
    reply(ticket, ann, "Hello")
    assert mail_unseen_chat(at=LATER) == 0 and not OutboundMail.objects.exists()
