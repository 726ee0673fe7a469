"""Mail leaves once, whatever happens to servers, workers and single mails. The server is a real one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from customers.choices import LeaseState
from customers.models import User
from services.mail.smtp import Connection
from services.models import Mailbox, Message, Notification, OutboundMail, Queue, Ticket
from services.operations import deliver_mail as module
from services.operations.compose_mail import compose_mail
from services.operations.deliver_mail import Delivered, deliver_mail
from services.operations.queue_mail import queue_mail
from services.operations.reply_to_ticket import reply_to_ticket
from services.tests.mail_server import Server, a_mailbox, free_port, smtp_server
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.ratings import reachable
from tests.cast import NOW


@pytest.fixture
def server() -> Iterator[Server]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def mailbox(queue: Queue, server: Server) -> Mailbox:
    return a_mailbox(queue, server.port)


def a_mail(mailbox: Mailbox, recipient: str = "jo@example.com", **more: Any) -> OutboundMail:
    given: dict[str, Any] = {
        "key": recipient,
        "mailbox": mailbox,
        "purpose": "notice",
        "recipient": recipient,
        "subject": "Hello",
        "body": "Text",
        "at": NOW,
        **more,
    }
    return queue_mail(**given)


def deliver(at: datetime = NOW) -> Delivered:
    return deliver_mail(clock=lambda: at)


def state_of(mail: OutboundMail) -> tuple[str, str, int]:
    mail.refresh_from_db()
    return mail.state, mail.problem, mail.attempts


def test_what_is_queued_is_sent_once(mailbox: Mailbox, server: Server) -> None:
    mail = a_mail(mailbox)
    assert deliver().sent == 1 and deliver().tried == 0
    (taken,) = server.mails
    assert (taken.sender, taken.recipient) == ("support@example.org", "jo@example.com")
    assert server.ids() == [mail.internet_id]
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at, mail.problem) == (LeaseState.DONE, NOW, "")
    mailbox.refresh_from_db()
    assert (mailbox.sent_at, mailbox.send_error) == (NOW, "")


def test_one_connection_serves_many_mails(mailbox: Mailbox, server: Server) -> None:
    for number in range(5):
        a_mail(mailbox, f"{number}@example.com")
    assert deliver().sent == 5
    assert server.connections == 1


def test_a_reply_is_queued_and_then_sent(mailbox: Mailbox, server: Server, acme: Any, ann: User) -> None:
    ticket = a_ticket(reachable(acme), mailbox.queue, channel="phone")
    message = reply_to_ticket(ticket=ticket, body="Turn it off.", by=ann, at=after(minutes=5))
    assert message.delivery_status == "queued"
    deliver(after(minutes=6))
    message.refresh_from_db()
    assert message.delivery_status == "sent"
    assert server.mails[0].text.startswith("Turn it off.")


def test_what_is_refused_for_good_fails_at_once_and_whoever_wrote_it_is_told(
    mailbox: Mailbox, server: Server, acme: Any, ann: User
) -> None:
    ticket: Ticket = a_ticket(reachable(acme), mailbox.queue, channel="phone")
    message = reply_to_ticket(ticket=ticket, body="Turn it off.", by=ann, at=after(minutes=5))
    server.at_rcpt[f"{acme.pk}@example.org"] = "550 5.1.1 no such user acme@example.org"
    done = deliver(after(minutes=6))
    assert (done.failed, done.sent) == (1, 0)
    mail = OutboundMail.objects.get(message=message)
    assert state_of(mail) == ("failed", "550 5.1.1", 1)  # nobody's address
    message.refresh_from_db()
    assert message.delivery_status == "failed"
    told = Notification.objects.get(kind="unsent")
    assert (told.user, told.ticket) == (ann, ticket)


@pytest.mark.parametrize("place", ["at_rcpt", "at_data"])
def test_what_is_refused_for_now_is_tried_again_later_and_fails_in_the_end(
    mailbox: Mailbox, server: Server, place: str
) -> None:
    getattr(server, place)["jo@example.com"] = "451 4.7.1 greylisted"
    mail, at = a_mail(mailbox), NOW
    for attempt, minutes in enumerate((1, 5, 30, 120, 480), start=1):
        assert deliver(at).delayed == 1
        assert state_of(mail) == ("todo", "451 4.7.1", attempt)
        assert mail.due_at == at + timedelta(minutes=minutes)
        assert deliver(mail.due_at - timedelta(seconds=1)).tried == 0
        at = mail.due_at
    assert deliver(at).failed == 1
    assert state_of(mail) == ("failed", "451 4.7.1", 6)


def test_greylisting_ends_well(mailbox: Mailbox, server: Server) -> None:
    server.at_rcpt["jo@example.com"] = "451 4.7.1 greylisted"
    mail = a_mail(mailbox)
    deliver()
    server.at_rcpt.clear()
    assert deliver(after(minutes=1)).sent == 1
    assert state_of(mail) == ("done", "", 2)


def test_a_bad_mail_stops_no_other(mailbox: Mailbox, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.at_data["a@example.com"] = "554 5.7.1 spam"
    mails = {name: a_mail(mailbox, f"{name}@example.com") for name in "abcd"}
    mails["bad"] = a_mail(mailbox, "not an address", key="bad")

    def composed(*, mail: OutboundMail, at: datetime) -> Any:
        if mail.recipient == "b@example.com":
            raise RuntimeError("a bug")
        return compose_mail(mail=mail, at=at)

    monkeypatch.setattr(module, "compose_mail", composed)
    done = deliver()
    assert (done.sent, done.failed) == (2, 3)
    problems = {name: state_of(mail)[1] for name, mail in mails.items()}
    assert problems == {"a": "554 5.7.1", "b": "compose", "c": "", "d": "", "bad": "address"}


def test_a_connection_that_breaks_in_the_middle_of_a_mail_delays_that_mail(mailbox: Mailbox, server: Server) -> None:
    server.at_data["a@example.com"] = "break"
    first, second = a_mail(mailbox, "a@example.com", at=NOW - timedelta(minutes=1)), a_mail(mailbox, "b@example.com")
    done = deliver()
    assert (done.sent, done.delayed) == (1, 1)
    assert state_of(first) == ("todo", "disconnected", 1) and state_of(second)[0] == "done"
    mailbox.refresh_from_db()
    assert mailbox.send_paused_until is None and server.connections == 2


def test_a_server_that_breaks_every_connection_is_left_alone_for_a_while(mailbox: Mailbox, server: Server) -> None:
    for name in "abcd":
        server.at_data[f"{name}@example.com"] = "break"
        a_mail(mailbox, f"{name}@example.com")
    assert deliver().delayed == 2
    mailbox.refresh_from_db()
    assert (mailbox.send_error, mailbox.send_paused_until) == ("disconnected", after(minutes=1))
    assert OutboundMail.objects.filter(attempts=0).count() == 2


def test_a_server_that_hangs_is_not_waited_for(
    mailbox: Mailbox, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "Connection", lambda server: Connection(server, talk_seconds=0.3))
    server.hangs_for = 2
    mail = a_mail(mailbox)
    assert deliver().delayed == 1
    assert state_of(mail) == ("todo", "timeout", 1)


def test_a_mailbox_that_cannot_log_in_keeps_its_mail_and_stops_no_other(
    mailbox: Mailbox, server: Server, queue: Queue
) -> None:
    wrong = a_mailbox(queue, server.port, name="A", address="a@example.org", send_secret="wrong")
    gone = a_mailbox(queue, free_port(), name="B", address="b@example.org")
    kept = [a_mail(wrong, "1@example.com"), a_mail(gone, "2@example.com")]
    good = a_mail(mailbox, "3@example.com")
    assert deliver().sent == 1
    assert state_of(good)[0] == "done"
    assert [state_of(mail) for mail in kept] == [("todo", "", 0)] * 2  # no try is counted
    for box, problem in ((wrong, "login 535 5.7.8"), (gone, "refused")):
        box.refresh_from_db()
        assert (box.send_error, box.send_failures, box.send_paused_until) == (problem, 1, after(minutes=1))
    assert deliver(after(minutes=0.5)).tried == 0
    deliver(after(minutes=1))
    gone.refresh_from_db()
    assert (gone.send_failures, gone.send_paused_until) == (2, after(minutes=3))


def test_a_mailbox_that_works_again_sends_what_waited(mailbox: Mailbox, queue: Queue) -> None:
    port = free_port()
    Mailbox.objects.filter(pk=mailbox.pk).update(send_port=port)
    mail = a_mail(mailbox)
    deliver()
    with smtp_server(port=port) as server:
        assert deliver(after(minutes=1)).sent == 1
        assert len(server.mails) == 1
    mailbox.refresh_from_db()
    assert (mailbox.send_error, mailbox.send_failures, mailbox.send_paused_until) == ("", 0, None)
    assert state_of(mail) == ("done", "", 1)


def test_after_three_days_a_mailbox_is_not_waited_for_any_more(mailbox: Mailbox) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).update(send_port=free_port())
    mail = a_mail(mailbox)
    deliver()
    assert state_of(mail)[0] == "todo"
    deliver(after(days=2.9))
    assert state_of(mail)[0] == "todo"
    assert deliver(after(days=3.1)).failed == 1
    assert state_of(mail) == ("failed", "mailbox", 0)


def test_a_server_that_does_not_let_us_send_as_we_are_pauses_the_mailbox(mailbox: Mailbox, server: Server) -> None:
    server.at_mail = "550 5.7.60 SendAsDenied"
    mail = a_mail(mailbox)
    deliver()
    mailbox.refresh_from_db()
    assert mailbox.send_error == "sender 550 5.7.60" and state_of(mail) == ("todo", "", 0)


def test_a_mail_that_is_too_large_fails_and_its_mailbox_goes_on(mailbox: Mailbox, server: Server) -> None:
    server.at_mail = "552 5.3.4 too large"
    mail = a_mail(mailbox)
    deliver()
    mailbox.refresh_from_db()
    assert state_of(mail) == ("failed", "552 5.3.4", 1) and mailbox.send_error == ""


def test_mail_of_a_mailbox_that_is_switched_off_waits(mailbox: Mailbox, server: Server) -> None:
    mail = a_mail(mailbox)
    Mailbox.objects.filter(pk=mailbox.pk).update(is_active=False)
    assert deliver().tried == 0 and not server.mails
    assert state_of(mail)[0] == "todo"


def test_a_mail_that_kills_each_worker_is_given_up(mailbox: Mailbox, server: Server) -> None:
    mail = a_mail(mailbox)
    OutboundMail.objects.filter(pk=mail.pk).update(attempts=6)
    assert deliver().failed == 1
    assert state_of(mail) == ("failed", "worker", 6) and not server.mails


def test_a_lease_that_was_lost_is_not_written_over(
    mailbox: Mailbox, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = a_mail(mailbox)
    compose = compose_mail

    def taken_over(*, mail: OutboundMail, at: datetime) -> Any:
        other = OutboundMail.objects.get(pk=mail.pk)
        OutboundMail.objects.filter(pk=mail.pk).update(state="todo", lease_until=None)
        assert other.lease(module.LEASE) is False  # it was read before
        other.refresh_from_db()
        assert other.lease(module.LEASE)
        return compose(mail=mail, at=at)

    monkeypatch.setattr(module, "compose_mail", taken_over)
    deliver()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (LeaseState.LEASED, 2)


def test_the_same_key_is_one_mail(mailbox: Mailbox) -> None:
    first = a_mail(mailbox)
    assert a_mail(mailbox, body="Other") == first
    assert OutboundMail.objects.count() == 1


def test_nothing_personal_is_stored_in_clear(mailbox: Mailbox) -> None:
    from django.db import connection

    a_mail(mailbox, "secret@example.com", key="k", subject="Wombat", body="Quokka")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM services_outboundmail")
        text = str(cursor.fetchall())
        cursor.execute("SELECT * FROM services_mailbox")
        text += str(cursor.fetchall())
    assert not any(word in text for word in ("secret@", "Wombat", "Quokka", "mail horse"))


def test_a_message_without_a_mail_stays_as_it_is(acme: Any, queue: Queue, ann: User) -> None:
    ticket = a_ticket(reachable(acme), queue, channel="email")
    message = reply_to_ticket(ticket=ticket, body="Yes.", by=ann, at=after(minutes=1))
    assert Message.objects.get(pk=message.pk).delivery_status == "none"
    assert not OutboundMail.objects.exists()
