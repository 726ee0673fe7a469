"""Logging in to the portal by a link, and what is done there."""

from pathlib import Path
from typing import Any

import pytest

from customers.models import AuditEntry, Customer, User
from customers.operations.add_contact_point import add_contact_point
from customers.operations.erase_person import erase_person
from services.models import (
    Mailbox,
    Message,
    OutboundMail,
    PortalLogin,
    PortalReceipt,
    PortalSession,
    Queue,
    Ticket,
    TicketEvent,
)
from services.operations.ask_portal_link import ask_portal_link
from services.operations.close_ticket import close_ticket
from services.operations.end_portal_sessions import end_portal_sessions
from services.operations.open_in_portal import NowhereToOpen, open_in_portal
from services.operations.portal_session import forget_portal, own_tickets, reader_of
from services.operations.public_uploads import Upload
from services.operations.rating_links import without_links
from services.operations.reply_in_portal import reply_in_portal
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_in_portal import solve_in_portal
from services.operations.use_portal_link import Begun, PortalLinkIsOver, use_portal_link
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.forms import a_form
from services.tests.operations.mails import a_mailbox
from services.tests.operations.ratings import a_solved_ticket
from tests.cast import NOW

ADDRESS = "boss@example.org"


@pytest.fixture
def box(queue: Queue) -> Mailbox:
    return a_mailbox(queue, sends=True)


@pytest.fixture
def boss(acme: Customer) -> Customer:
    add_contact_point(customer=acme, kind="email", value="Boss@Example.org", at=NOW)
    return acme


def ask(email: str = ADDRESS, *, at: Any = NOW) -> PortalLogin | None:
    return ask_portal_link(email=email, language="en", at=at)


def token_in(mail: OutboundMail) -> str:
    return str(mail.body).split("/my/link/")[1].split("/")[0]


def logged_in(at: Any = NOW) -> Begun:
    assert ask(at=at) is not None
    return use_portal_link(token=token_in(OutboundMail.objects.latest("written_at")), at=at)


def test_a_known_address_gets_a_link_at_the_address_on_record(boss: Customer, box: Mailbox) -> None:
    login = ask("ｂｏｓｓ@example.org")  # equal when compared, yet another mailbox for some servers
    mail = OutboundMail.objects.get()
    assert login is not None and (mail.purpose, mail.customer, mail.is_automatic) == ("magic_link", boss, True)
    assert mail.recipient == "Boss@Example.org" and mail.subject == "Your log-in link"
    token = token_in(mail)
    assert token not in str(vars(login)) and login.expires_at == after(minutes=30)
    assert token not in without_links(str(mail.body))


def test_the_mail_speaks_the_customers_language(boss: Customer, box: Mailbox) -> None:
    Customer.objects.update(language="zh-CN")
    ask()
    assert "登录" in str(OutboundMail.objects.get().subject)


def test_nobody_else_gets_one(boss: Customer, box: Mailbox) -> None:
    assert ask("nobody@example.org") is None
    Customer.objects.update(erased_at=NOW)
    assert ask() is None and not OutboundMail.objects.exists() and not PortalLogin.objects.exists()


def test_without_a_mailbox_that_sends_nobody_does(boss: Customer) -> None:
    assert ask() is None


def test_an_address_gets_five_an_hour(boss: Customer, box: Mailbox) -> None:
    assert [ask(at=after(minutes=n)) is not None for n in range(7)] == [True] * 5 + [False] * 2
    assert ask(at=after(minutes=61)) is not None


def test_a_link_works_once_for_half_an_hour_and_only_the_newest(boss: Customer, box: Mailbox) -> None:
    ask()
    first = token_in(OutboundMail.objects.get())
    ask(at=after(minutes=1))
    second = token_in(OutboundMail.objects.latest("written_at"))
    for token, at in ((first, after(minutes=2)), (second, after(minutes=31)), ("nonsense", NOW)):
        with pytest.raises(PortalLinkIsOver):
            use_portal_link(token=token, at=at)
    begun = use_portal_link(token=second, at=after(minutes=2))
    assert begun.secret not in str(vars(begun.session))
    with pytest.raises(PortalLinkIsOver):
        use_portal_link(token=second, at=after(minutes=3))


def test_a_session_ends_after_two_idle_hours_or_two_weeks(boss: Customer, box: Mailbox) -> None:
    secret = logged_in().secret
    assert reader_of(secret="other", at=NOW) is None
    assert reader_of(secret=secret, at=after(minutes=119)) is not None
    assert reader_of(secret=secret, at=after(minutes=238)) is not None  # somebody was there
    assert reader_of(secret=secret, at=after(minutes=360)) is None
    PortalSession.objects.update(seen_at=after(days=14))
    assert reader_of(secret=secret, at=after(days=14, minutes=1)) is None
    assert forget_portal(at=after(days=14)) == 1 and forget_portal(at=after(days=16)) == 1
    assert not PortalSession.objects.exists() and not PortalLogin.objects.exists()


def test_all_customers_with_the_address_are_seen_as_long_as_they_have_it(
    boss: Customer, wang: Customer, box: Mailbox, queue: Queue
) -> None:
    point = add_contact_point(customer=wang, kind="email", value=ADDRESS, at=NOW)
    secret = logged_in().secret
    reader = reader_of(secret=secret, at=NOW)
    assert reader is not None and reader.ids == {boss.pk, wang.pk}
    point.delete()
    assert reader_of(secret=secret, at=NOW).ids == {boss.pk}  # type: ignore[union-attr]
    boss.contact_points.all().delete()
    assert reader_of(secret=secret, at=NOW) is None


def test_own_tickets_are_those_asked_by_or_for_them_open_ones_first(
    boss: Customer, wang: Customer, queue: Queue
) -> None:
    solved = a_solved_ticket(boss, queue)
    asked = a_ticket(wang, queue, requester=boss)
    a_ticket(wang, queue)
    merged = a_ticket(boss, queue)
    Ticket.objects.filter(pk=merged.pk).update(status="merged")
    assert list(own_tickets({boss.pk})) == [asked, solved]


def test_staff_ends_all_sessions_of_a_customer_and_their_links(boss: Customer, box: Mailbox, ann: User) -> None:
    secret = logged_in().secret
    ask(at=after(minutes=1))
    waiting = token_in(OutboundMail.objects.latest("written_at"))
    assert end_portal_sessions(customer=boss, by=ann, at=after(minutes=2)) == 1
    assert reader_of(secret=secret, at=after(minutes=2)) is None
    with pytest.raises(PortalLinkIsOver):
        use_portal_link(token=waiting, at=after(minutes=3))
    assert AuditEntry.objects.latest("pk").verb == "end_portal_sessions"


def test_an_erasure_ends_them_too(wang: Customer, box: Mailbox) -> None:
    add_contact_point(customer=wang, kind="email", value=ADDRESS, at=NOW)
    logged_in()
    erase_person(customer=wang, at=after(days=1))
    assert not PortalSession.objects.exists() and not PortalLogin.objects.exists()


def reply(ticket: Ticket, customer: Customer, body: str = "Still leaks.", **more: Any) -> Message:
    given: dict[str, Any] = {"key": "k1", "at": after(hours=2), **more}
    return reply_in_portal(ticket=ticket, customer=customer, body=body, **given)


def test_a_reply_reopens_a_solved_ticket_as_mail_does(boss: Customer, queue: Queue, var: Path) -> None:
    ticket = a_solved_ticket(boss, queue)
    message = reply(ticket, boss, files=[Upload("a.txt", 3, [b"abc"])])
    ticket.refresh_from_db()
    assert (ticket.status, message.direction, message.customer) == ("open", "inbound", boss)
    assert message.attachments.get().name == "a.txt"


def test_the_same_page_sent_twice_is_one_message(boss: Customer, queue: Queue) -> None:
    ticket = a_ticket(boss, queue)
    assert reply(ticket, boss) == reply(ticket, boss, at=after(hours=3))
    assert reply(ticket, boss, body="More") != reply(ticket, boss, key="k2")
    assert ticket.messages.filter(direction="inbound").count() == 4 and PortalReceipt.objects.count() == 3


def test_after_a_closed_ticket_it_goes_on_in_a_new_one(boss: Customer, queue: Queue) -> None:
    ticket = a_solved_ticket(boss, queue)
    close_ticket(ticket=ticket, by=None, at=after(days=8))
    message = reply(ticket, boss, at=after(days=90))
    assert message.ticket != ticket and message.ticket.links_out.get().to_ticket == ticket


def test_a_customer_marks_their_ticket_as_solved_and_is_asked_for_a_rating(boss: Customer, queue: Queue) -> None:
    ticket = a_ticket(boss, queue)
    solve_in_portal(ticket=ticket, customer=boss, at=after(hours=1))
    solve_in_portal(ticket=ticket, customer=boss, at=after(hours=1))  # a double click
    ticket.refresh_from_db()
    assert ticket.status == "solved" and ticket.rating_requests.count() == 1
    (event,) = TicketEvent.objects.filter(ticket=ticket, kind="status")
    assert (event.actor, event.data) == (None, {"by": "customer"})


def test_a_new_ticket_goes_where_the_chosen_form_leads(boss: Customer, queue: Queue, box: Mailbox) -> None:
    form = a_form(queue, in_portal=True)
    given: dict[str, Any] = {"customer": boss, "subject": "New", "body": "Please", "key": "k", "at": NOW}
    ticket = open_in_portal(form=form, **given)
    assert ticket == open_in_portal(form=form, **given) and ticket != open_in_portal(**given)
    assert (ticket.channel, ticket.queue, ticket.customer) == ("portal", queue, boss)
    assert OutboundMail.objects.filter(purpose="acknowledgement").count() == 1


def test_without_a_form_and_a_mailbox_there_is_nowhere_to_go(boss: Customer) -> None:
    with pytest.raises(NowhereToOpen):
        open_in_portal(customer=boss, subject="New", body="Please", key="k", at=NOW)


@pytest.mark.parametrize(
    ("channel", "is_on", "has_link"), [("web", True, True), ("web", False, False), ("email", True, False)]
)
def test_a_reply_by_mail_names_the_ticket_in_the_portal(
    boss: Customer, queue: Queue, box: Mailbox, ann: User, settings: Any, channel: str, is_on: bool, has_link: bool
) -> None:
    settings.PORTAL = is_on
    ticket = a_ticket(boss, queue, channel=channel)
    reply_to_ticket(ticket=ticket, body="We come.", by=ann, at=after(hours=1))
    mail = OutboundMail.objects.get(purpose="reply")
    assert (f"/my/tickets/{ticket.number}/" in str(mail.body)) == has_link
