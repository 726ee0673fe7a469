"""From the first mail to the rating, by real servers: every hop is one ticket."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from launcher.ports import HOST

from customers.models import User
from services.choices import Direction, MessageKind, TicketStatus
from services.models import Mailbox, Message, Queue, SatisfactionRating, Ticket
from services.operations.deliver_mail import deliver_mail
from services.operations.fetch_mailbox import fetch_mailbox
from services.operations.file_waiting_mails import file_waiting_mails
from services.tests.admin.desk.conftest import at as desk
from services.tests.admin.desk.conftest import post
from services.tests.mail_server import Server, Taken, a_mailbox, smtp_server
from services.tests.operations.mails import mail
from tests.cast import NOW
from tests.mail.imap_server import PASSWORD, USER, ImapServer, an_imap_server, is_installed

pytestmark = [
    pytest.mark.usefixtures("var", "fresh_keys"),
    pytest.mark.dovecot,
    pytest.mark.skipif(not is_installed(), reason="no Dovecot on this machine (apt install dovecot-imapd)"),
]

ADDRESS = "help@candid.example"
BOSS = "boss@example.org"


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with an_imap_server() as running:
        yield running


@pytest.fixture
def smtp() -> Iterator[Server]:
    with smtp_server() as running:
        yield running


@pytest.fixture
def box(queue: Queue, imap: ImapServer, smtp: Server) -> Mailbox:
    fetched = {
        "fetch_method": "imap",
        "fetch_host": HOST,
        "fetch_port": imap.port,
        "fetch_security": "none",
        "fetch_user": USER,
        "fetch_secret": PASSWORD,
    }
    return a_mailbox(queue, smtp.port, address=ADDRESS, is_default=True, **fetched)


class House:
    """What the workers do, and what came to the customer by it."""

    def __init__(self, box: Mailbox, imap: ImapServer, smtp: Server) -> None:
        self.box, self.imap, self.smtp, self.read = box, imap, smtp, 0

    def receive(self, raw: bytes) -> None:
        """A mail comes in."""
        self.imap.deliver(raw)
        self.box.refresh_from_db()
        assert fetch_mailbox(mailbox=self.box, clock=timezone.now) == 1
        file_waiting_mails(at=timezone.now())

    def sent(self) -> list[Taken]:
        """What has gone out since it was asked last."""
        deliver_mail(clock=timezone.now)
        new = self.smtp.mails[self.read :]
        self.read += len(new)
        return new


def link_in(sent: Taken, path: str) -> str:
    """The path of a link in a mail."""
    found = re.search(rf"https?://[^/\s]+(/{path}/\S+)", sent.text)
    assert found is not None, sent.text
    return found[1]


@pytest.mark.django_db
def test_mail_desk_mail_portal_and_rating_are_one_ticket(
    box: Mailbox, imap: ImapServer, smtp: Server, ann: User
) -> None:
    house = House(box, imap, smtp)
    agent, customer = Client(), Client()
    agent.force_login(ann)
    moment = NOW

    def later(minutes: int = 5) -> datetime:
        nonlocal moment
        moment += timedelta(minutes=minutes)
        return moment

    with time_machine.travel(later(), tick=False):
        house.receive(mail("The pump leaks.", sender=f"Bo Boss <{BOSS}>", subject="Pump leaks"))
        [acknowledged] = house.sent()
        assert acknowledged.recipient == BOSS
    ticket = Ticket.objects.get()

    with time_machine.travel(later(), tick=False):
        assert "The pump leaks." in agent.get(desk("ticket", ticket.pk)).content.decode()
        assert post(agent, desk("reply", ticket.pk), ticket, body="Is the valve shut?").status_code == 200
        [reply] = house.sent()
        assert "Is the valve shut?" in reply.text

    with time_machine.travel(later(), tick=False):
        answer = {"In_Reply_To": str(reply.parsed["Message-ID"]), "number": 2}
        house.receive(mail("It is shut.", sender=BOSS, subject="Something else", **answer))  # type: ignore[arg-type]
        assert house.sent() == []

    with time_machine.travel(later(), tick=False):
        customer.post(reverse("portal-login"), {"email": BOSS})
        [link] = house.sent()
        path = link_in(link, "my/link")
        customer.get(path)
        customer.post(path)
        page = reverse("portal-ticket", args=[ticket.number])
        text = customer.get(page).content.decode()
        assert all(said in text for said in ("The pump leaks.", "Is the valve shut?", "It is shut."))
        token = re.search(r'name="key" value="([^"]+)"', text)
        assert token is not None
        customer.post(page, {"key": token[1], "body": "A picture follows."})

    with time_machine.travel(later(), tick=False):
        solving: dict[str, Any] = {"body": "A new seal is on its way.", "then": "solved"}
        assert post(agent, desk("reply", ticket.pk), ticket, **solving).status_code == 200
        asked, last = sorted(house.sent(), key=lambda sent: "A new seal" in sent.text)  # due at once, in any order
        assert "A new seal is on its way." in last.text

    with time_machine.travel(later(), tick=False):
        customer.post(link_in(asked, "rate").partition("?")[0], {"value": 5, "comment": "Quick."})

    ticket = Ticket.objects.get()  # still the only one
    assert ticket.status == TicketStatus.SOLVED
    assert SatisfactionRating.objects.get(ticket=ticket).value == 5
    said = Message.objects.filter(kind=MessageKind.REPLY, is_automatic=False).order_by("at", "pk")
    assert [(row.direction, row.body) for row in said] == [
        (Direction.INBOUND, "The pump leaks."),
        (Direction.OUTBOUND, "Is the valve shut?"),
        (Direction.INBOUND, "It is shut."),
        (Direction.INBOUND, "A picture follows."),
        (Direction.OUTBOUND, "A new seal is on its way."),
    ]
    assert len(smtp.ids()) == len({*smtp.ids()})  # nothing was sent twice
