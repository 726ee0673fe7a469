"""Who opens a ticket is told that it was received: once an hour, never a program, never ourselves."""

from typing import Any

import pytest
from django.db import connection

from customers.models import Customer
from customers.operations.add_contact_point import add_contact_point
from customers.operations.record_consent import record_consent
from services.choices import Channel
from services.models import Mailbox, MailTemplate, OutboundMail, Queue
from services.operations.acknowledge_ticket import acknowledge_ticket
from services.operations.may_auto_reply import may_auto_reply
from services.operations.note_mail_id import note_mail_id
from services.tests.mail_server import a_mailbox
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.ratings import reachable
from tests.cast import NOW
from tests.races import at_once


@pytest.fixture
def mailbox(queue: Queue) -> Mailbox:
    return a_mailbox(queue)


def acknowledged() -> list[OutboundMail]:
    return list(OutboundMail.objects.filter(purpose="acknowledgement"))


def test_a_ticket_by_the_web_form_is_acknowledged(mailbox: Mailbox, acme: Customer) -> None:
    ticket = a_ticket(reachable(acme), mailbox.queue)
    (mail,) = acknowledged()
    assert mail.is_automatic and mail.recipient == f"{acme.pk}@example.org"
    assert mail.subject == f"[{ticket.number}] Pump leaks" and ticket.number in str(mail.body)
    message = ticket.messages.get(is_automatic=True)
    assert (message.body, message.delivery_status, mail.message) == (mail.body, "queued", message)
    assert ticket.first_replied_at is None and ticket.status == "new"


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.CHAT, Channel.EMAIL, Channel.API])
def test_other_channels_are_not_acknowledged_by_themselves(mailbox: Mailbox, acme: Customer, channel: Channel) -> None:
    a_ticket(reachable(acme), mailbox.queue, channel=channel)
    assert acknowledged() == []


def test_who_wrote_by_mail_is_answered_at_the_address_they_wrote_from(mailbox: Mailbox, acme: Customer) -> None:
    ticket = a_ticket(acme, mailbox.queue, channel="email")
    note_mail_id(
        value="<x@y>", ticket=ticket, message=ticket.messages.get(), is_ours=False, at=NOW, address="jo@example.net"
    )
    message = acknowledge_ticket(ticket=ticket, at=NOW)
    (mail,) = acknowledged()
    assert message is not None and (mail.recipient, mail.in_reply_to) == ("jo@example.net", "<x@y>")


def test_one_sender_is_answered_once_an_hour(mailbox: Mailbox, acme: Customer) -> None:
    reachable(acme)
    for minutes, expected in ((0, 1), (59, 1), (61, 2)):
        a_ticket(acme, mailbox.queue, at=after(minutes=minutes))
        assert len(acknowledged()) == expected


@pytest.mark.django_db(transaction=True)
def test_two_tickets_at_once_are_acknowledged_once(mailbox: Mailbox, acme: Customer, wang: Customer) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time")
    for customer in (acme, wang):
        add_contact_point(customer=customer, kind="email", value="shared@example.org", at=NOW)
    done = at_once(*(lambda customer=customer: a_ticket(customer, mailbox.queue) for customer in (acme, wang)))
    assert not [one for one in done if isinstance(one, Exception)]
    assert len(acknowledged()) == 1


@pytest.mark.parametrize("change", [{"acknowledges": False}, {"is_active": False}, {"send_host": ""}])
def test_a_mailbox_that_does_not_acknowledge_stays_silent(
    mailbox: Mailbox, acme: Customer, change: dict[str, Any]
) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).update(**change)
    a_ticket(reachable(acme), mailbox.queue)
    assert acknowledged() == []


def test_whoever_refuses_service_mail_is_left_alone(mailbox: Mailbox, acme: Customer) -> None:
    record_consent(customer=acme, purpose="service", channel="email", is_given=False, source="phone", by=None, at=NOW)
    a_ticket(reachable(acme), mailbox.queue, at=after(minutes=1))
    assert acknowledged() == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("jo@example.com", True),
        ("MAILER-DAEMON@example.com", False),
        ("no-reply@example.com", False),
        ("bounces+123@example.com", False),
        ("support@example.org", False),
        ("Support+12.abc@EXAMPLE.org", False),
        ("", False),
    ],
)
def test_programs_and_our_own_mailboxes_get_no_automatic_answer(mailbox: Mailbox, address: str, expected: bool) -> None:
    assert may_auto_reply(address=address, at=NOW) is expected


def test_it_reads_as_staff_wrote_it_in_the_customers_language(mailbox: Mailbox, wang: Customer) -> None:
    MailTemplate.objects.create(
        event="acknowledgement", language="zh-hans", subject="收到 {ticket.number}", body="{requester.name} 您好"
    )
    wang.language = "zh-hans"
    wang.save()
    ticket = a_ticket(reachable(wang), mailbox.queue)
    (mail,) = acknowledged()
    assert (mail.subject, mail.body) == (f"收到 {ticket.number}", "王芳 您好")
