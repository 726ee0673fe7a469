"""The same page, sent twice at the same moment, each with a connection of its own."""

from functools import partial
from pathlib import Path

import pytest

from customers.models import Customer
from customers.operations.add_contact_point import add_contact_point
from services.models import Message, OutboundMail, PortalSession, Queue, Ticket, WebFormSubmission
from services.operations.ask_portal_link import ask_portal_link
from services.operations.open_in_portal import open_in_portal
from services.operations.reply_in_portal import reply_in_portal
from services.operations.submit_web_form import submit_web_form
from services.operations.use_portal_link import Begun, PortalLinkIsOver, use_portal_link
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.forms import a_form, typed
from services.tests.operations.mails import a_mailbox
from tests.cast import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_answer_is_one_message(acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue)

    def answer() -> Message:
        own = Ticket.objects.get(pk=ticket.pk)
        return reply_in_portal(ticket=own, customer=acme, body="Still leaks.", key="k", at=after(hours=1))

    one, two = at_once(answer, answer)
    assert one == two and Message.objects.filter(body="Still leaks.").count() == 1


def test_a_new_ticket_is_one(acme: Customer, queue: Queue) -> None:
    a_mailbox(queue, sends=True)
    given = {"customer": acme, "subject": "New", "body": "Please", "key": "k", "at": NOW}
    one, two = at_once(partial(open_in_portal, **given), partial(open_in_portal, **given))  # type: ignore[arg-type]
    assert one == two and Ticket.objects.count() == 1


def test_a_form_is_one_ticket_of_one_new_customer(queue: Queue, var: Path) -> None:
    form = a_form(queue)
    before = Customer.objects.count()

    def send() -> WebFormSubmission:
        return submit_web_form(form=form, filled=typed(), at=NOW)

    one, two = at_once(send, send)
    assert one == two and Ticket.objects.count() == 1 and Customer.objects.count() == before + 1


def test_two_forms_of_one_new_sender_make_one_customer(queue: Queue) -> None:
    form = a_form(queue)
    before = Customer.objects.count()

    def send(number: int) -> WebFormSubmission:
        filled = typed(key=f"k{number}", subject=f"Pump {number}")
        return submit_web_form(form=form, filled=filled, at=NOW)

    done = at_once(partial(send, 1), partial(send, 2))
    assert [one.state for one in done] == ["ticket", "ticket"]
    assert Ticket.objects.count() == 2 and Customer.objects.count() == before + 1


def test_a_link_logs_in_once(acme: Customer, queue: Queue) -> None:
    a_mailbox(queue, sends=True)
    add_contact_point(customer=acme, kind="email", value="boss@example.org", at=NOW)
    ask_portal_link(email="boss@example.org", language="en", at=NOW)
    token = str(OutboundMail.objects.get().body).split("/my/link/")[1].split("/")[0]
    done = at_once(*[partial(use_portal_link, token=token, at=after(minutes=1))] * 3)
    assert [type(one) for one in done].count(Begun) == 1
    assert [type(one) for one in done].count(PortalLinkIsOver) == 2 and PortalSession.objects.count() == 1
