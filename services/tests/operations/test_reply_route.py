"""Where an answer goes: to the address they wrote from last, through the mailbox they wrote to; or why nowhere."""

from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Team
from customers.operations.add_contact_point import add_contact_point
from customers.operations.record_consent import record_consent
from services.models import Calendar, Mailbox, Queue, Ticket
from services.operations.note_mail_id import note_mail_id
from services.operations.reply_addresses import reply_address, ticket_of_address
from services.operations.reply_route import reply_route
from services.tests.mail_server import a_mailbox
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.ratings import reachable
from tests.cast import NOW


@pytest.fixture
def mailbox(queue: Queue) -> Mailbox:
    return a_mailbox(queue, acknowledges=False)


def wrote(ticket: Ticket, address: str, minutes: float, **more: Any) -> None:
    note_mail_id(
        value=f"<{minutes}@x>",
        ticket=ticket,
        message=ticket.messages.first(),
        is_ours=False,
        at=after(minutes=minutes),
        address=address,
        **more,
    )


def test_the_address_they_wrote_from_last_comes_first(mailbox: Mailbox, acme: Customer) -> None:
    ticket = a_ticket(reachable(acme), mailbox.queue, channel="email")
    assert reply_route(ticket, at=NOW).address == f"{acme.pk}@example.org"
    wrote(ticket, "home@example.net", 1)
    wrote(ticket, "work@example.net", 2)
    assert reply_route(ticket, at=NOW).address == "work@example.net"


def test_the_requester_comes_before_the_customer_and_the_primary_address_before_others(
    mailbox: Mailbox, acme: Customer, wang: Customer
) -> None:
    ticket = a_ticket(reachable(acme), mailbox.queue, requester=wang)
    assert reply_route(ticket, at=NOW).address == f"{acme.pk}@example.org"
    add_contact_point(customer=wang, kind="email", value="a@example.cn", at=NOW)
    add_contact_point(customer=wang, kind="email", value="b@example.cn", is_primary=True, at=NOW)
    route = reply_route(ticket, at=NOW)
    assert (route.address, route.customer) == ("b@example.cn", wang)


def test_the_mailbox_they_wrote_to_comes_before_that_of_the_queue_and_the_default(
    mailbox: Mailbox, acme: Customer, north: Team
) -> None:
    calendar = Calendar.objects.get(name="Office hours")
    other, third = (Queue.objects.create(name=name, team=north, calendar=calendar) for name in ("Other", "Third"))
    default = a_mailbox(other, name="Default", address="all@example.org", is_default=True, acknowledges=False)
    ticket = a_ticket(reachable(acme), mailbox.queue, channel="email")
    assert reply_route(ticket, at=NOW).mailbox == mailbox
    assert reply_route(a_ticket(acme, third), at=NOW).mailbox == default
    wrote(ticket, "jo@example.net", 1, mailbox=default)
    assert reply_route(ticket, at=NOW).mailbox == default
    Mailbox.objects.filter(pk=default.pk).update(is_active=False)
    assert reply_route(ticket, at=NOW).mailbox == mailbox
    assert reply_route(a_ticket(acme, third), at=NOW).hindrance == "mailbox"


def test_it_says_why_nothing_leaves(mailbox: Mailbox, acme: Customer) -> None:
    ticket = a_ticket(acme, mailbox.queue)
    assert reply_route(ticket, at=NOW).hindrance == "address"
    assert reply_route(a_ticket(acme, mailbox.queue, channel="chat"), at=NOW).hindrance == "channel"
    reachable(acme)
    assert reply_route(ticket, at=NOW).why_not == ""
    record_consent(customer=acme, purpose="service", channel="email", is_given=False, source="phone", by=None, at=NOW)
    assert reply_route(ticket, at=after(minutes=1)).hindrance == "refused"
    wrote(ticket, "support+1.x@example.org", 1)
    assert "our own" in reply_route(ticket, at=NOW).why_not
    Mailbox.objects.update(is_active=False)
    assert reply_route(ticket, at=NOW).hindrance == "mailbox"


def test_without_a_mailbox_it_costs_one_query(acme: Customer, queue: Queue) -> None:
    from django.db import connection

    ticket = Ticket.objects.select_related("customer", "requester").get(pk=a_ticket(acme, queue).pk)
    with CaptureQueriesContext(connection) as queries:
        assert reply_route(ticket, at=NOW).hindrance == "mailbox"
    assert len(queries) == 1


def test_a_reply_address_leads_to_its_ticket_and_no_forged_one_does(mailbox: Mailbox, acme: Customer) -> None:
    first, second = a_ticket(acme, mailbox.queue), a_ticket(acme, mailbox.queue)
    address = reply_address(first, mailbox)
    assert len(address.partition("@")[0]) <= 64
    assert ticket_of_address(address) == first == ticket_of_address(f" {address.upper()} ")
    key, signature = str(first.pk), address.partition(".")[2].partition("@")[0]
    for forged in (
        f"support+{second.pk}.{signature}@example.org",
        f"support+{key}.{signature[:-1]}@example.org",
        f"support+{key}.{'a' * 16}@example.org",
        f"support+{key}@example.org",
        "support@example.org",
        "",
        "support+99999999999999999999.aaaaaaaaaaaaaaaa@example.org",
    ):
        assert ticket_of_address(forged) is None


def test_an_address_too_long_for_a_signature_stays_plain(acme: Customer, queue: Queue) -> None:
    mailbox = a_mailbox(queue, address=f"{'a' * 60}@example.org")
    assert reply_address(a_ticket(acme, queue), mailbox) == mailbox.address
