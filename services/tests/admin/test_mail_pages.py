"""The pages of mail: secrets are never in them, what failed is said in words and sent again."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, User
from services.models import Mailbox, MailTemplate, OutboundMail, Queue, Ticket
from services.operations.fail_mail import fail_mail
from services.operations.reply_to_ticket import reply_to_ticket
from services.tests.admin.desk.conftest import at, post
from services.tests.mail_server import Server, a_mailbox, free_port, smtp_server
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.ratings import reachable


@pytest.fixture
def server() -> Iterator[Server]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def mailbox(queue: Queue, server: Server) -> Mailbox:
    return a_mailbox(queue, server.port, acknowledges=False)


@pytest.fixture
def admin(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


@pytest.fixture
def failed(mailbox: Mailbox, acme: Customer, ann: User) -> OutboundMail:
    ticket = a_ticket(reachable(acme), mailbox.queue, channel="email")
    message = reply_to_ticket(ticket=ticket, body="Turn it off.", by=ann, at=after(minutes=1))
    return fail_mail(mail=OutboundMail.objects.get(message=message), problem="550 5.1.1", at=after(minutes=2))


def page(name: str, *args: Any) -> str:
    return reverse(f"admin:services_{name}", args=args)


def form_of(client: Client, address: str) -> dict[str, str]:
    """What the form of a page holds, as a browser would send it."""
    form: Any = client.get(address).context["adminform"].form
    found = {name: form[name].value() for name in form.fields}
    return {name: str(value) for name, value in found.items() if value not in (None, False)}


def test_the_form_of_a_mailbox_never_shows_its_secrets_and_keeps_them(admin: Client, mailbox: Mailbox) -> None:
    address = page("mailbox_change", mailbox.pk)
    html = admin.get(address).content.decode()
    assert "mail horse" not in html and "Set. Empty leaves it as it is." in html
    data = form_of(admin, address)
    assert data.get("send_secret", "") == ""
    assert admin.post(address, data | {"name": "Help"}).status_code == 302
    mailbox.refresh_from_db()
    assert (mailbox.name, mailbox.send_secret) == ("Help", "mail horse")
    assert admin.post(address, form_of(admin, address) | {"send_secret": "new horse"}).status_code == 302
    mailbox.refresh_from_db()
    assert mailbox.send_secret == "new horse"


def test_another_server_needs_the_password_anew(admin: Client, mailbox: Mailbox) -> None:
    address = page("mailbox_change", mailbox.pk)
    answer = admin.post(address, form_of(admin, address) | {"send_host": "evil.example"})
    assert answer.status_code == 200 and "goes to nobody else" in answer.content.decode()
    mailbox.refresh_from_db()
    assert mailbox.send_host == "127.0.0.1"


def test_a_stale_form_of_a_mailbox_is_refused(admin: Client, mailbox: Mailbox) -> None:
    address = page("mailbox_change", mailbox.pk)
    data = form_of(admin, address)
    admin.post(address, data | {"name": "First"})
    assert admin.post(address, data | {"name": "Second"}).status_code == 200
    mailbox.refresh_from_db()
    assert mailbox.name == "First"


def test_a_mailbox_is_made_by_the_form(admin: Client, queue: Queue) -> None:
    address = page("mailbox_add")
    data = form_of(admin, address) | {"name": "New", "address": "new@example.org", "queue": str(queue.pk)}
    assert admin.post(address, data | {"send_host": "smtp.example.org", "send_secret": "s"}).status_code == 302
    assert Mailbox.objects.get().send_secret == "s"


def test_trying_says_in_words_what_works_and_what_does_not(admin: Client, mailbox: Mailbox) -> None:
    def told() -> str:
        return admin.post(page("mailbox_try", mailbox.pk), follow=True).content.decode()

    assert "Sending works." in told() and "Fetching: nothing is set up." in told()
    Mailbox.objects.filter(pk=mailbox.pk).update(send_port=free_port())
    assert "Sending does not work: The server does not answer at this port." in told()
    assert admin.get(page("mailbox_try", mailbox.pk)).status_code == 405


def test_only_administrators_touch_mailboxes(client: Client, mailbox: Mailbox, ann: User) -> None:
    client.force_login(ann)
    assert client.get(page("mailbox_changelist")).status_code == 200
    assert client.post(page("mailbox_try", mailbox.pk)).status_code == 403
    assert client.post(page("mailbox_change", mailbox.pk), {"name": "x"}).status_code == 403


def test_the_list_of_mail_says_why_and_sends_again(admin: Client, failed: OutboundMail) -> None:
    html = admin.get(page("outboundmail_changelist")).content.decode()
    assert "There is no such mailbox. (550 5.1.1)" in html and str(failed.recipient) in html
    data = {"action": "send_again", "_selected_action": [str(failed.pk)]}
    answer = admin.post(page("outboundmail_changelist"), data, follow=True)
    assert "1 mail will be sent again." in answer.content.decode()
    failed.refresh_from_db()
    assert failed.state == "todo"


def test_mail_is_found_by_the_whole_address(admin: Client, failed: OutboundMail) -> None:
    def found(text: str) -> int:
        return int(admin.get(page("outboundmail_changelist"), {"q": text}).context["cl"].result_count)

    assert found(str(failed.recipient).upper()) == 1 and found("nobody@example.org") == 0
    assert found(failed.internet_id) == 1


def test_mail_is_seen_by_whoever_sees_its_ticket(client: Client, failed: OutboundMail, ann: User, otto: User) -> None:
    for user, status, count in ((ann, 200, 1), (otto, 404, 0)):
        client.force_login(user)
        assert client.get(page("outboundmail_change", failed.pk)).status_code == status
        assert client.get(page("outboundmail_changelist")).context["cl"].result_count == count


def test_the_list_of_mail_keeps_to_its_queries(
    admin: Client, mailbox: Mailbox, acme: Customer, ann: User, django_assert_max_num_queries: Any
) -> None:
    ticket = a_ticket(reachable(acme), mailbox.queue, channel="email")
    for minutes in range(12):
        reply_to_ticket(ticket=ticket, body="Yes.", by=ann, at=after(minutes=minutes))
    admin.get(page("outboundmail_changelist"))
    with django_assert_max_num_queries(12):  # with those of the session
        admin.get(page("outboundmail_changelist"))


def test_the_desk_shows_what_became_of_a_reply_and_sends_it_again(
    client: Client, failed: OutboundMail, ann: User
) -> None:
    assert failed.message is not None
    ticket: Ticket = failed.message.ticket
    client.force_login(ann)
    html = client.get(at("ticket", ticket.pk)).content.decode()
    assert "Failed: There is no such mailbox. (550 5.1.1)" in html and "Send again" in html
    assert re.search(r"Goes by mail to \S+@example.org, through Support", html)
    answer = post(client, at("do", ticket.pk, "send-again"), ticket, mail=str(failed.pk))
    assert answer.status_code == 200 and "Waiting to be sent" in answer.content.decode()
    again = post(client, at("do", ticket.pk, "send-again"), ticket, mail=str(failed.pk))
    assert again.status_code == 409 and "Only mail that failed" in again.content.decode()


def test_the_page_of_the_ticket_does_the_same(client: Client, failed: OutboundMail, ann: User) -> None:
    assert failed.message is not None
    ticket = failed.message.ticket
    client.force_login(ann)
    assert "Send again" in client.get(page("ticket_change", ticket.pk)).content.decode()
    answer = client.post(page("ticket_do", ticket.pk, "send-again"), {"mail": str(failed.pk)})
    assert answer.status_code == 302
    failed.refresh_from_db()
    assert failed.state == "todo"


def test_without_a_mailbox_the_desk_says_that_nothing_leaves(
    client: Client, acme: Customer, queue: Queue, ann: User
) -> None:
    client.force_login(ann)
    ticket = a_ticket(acme, queue, channel="email")
    assert "No mailbox sends for this queue" in client.get(at("ticket", ticket.pk)).content.decode()


def test_a_template_with_an_unknown_placeholder_is_refused_by_name(admin: Client, db: None) -> None:
    data = {"event": "reply", "language": "en", "subject": "", "body": "{message.text} {nme}", "is_active": "on"}
    html = admin.post(page("mailtemplate_add"), data).content.decode()
    assert "There is no placeholder {nme}." in html and not MailTemplate.objects.exists()
    assert admin.post(page("mailtemplate_add"), data | {"body": "{message.text}"}).status_code == 302
    assert MailTemplate.objects.get().body == "{message.text}"


def test_the_preview_reads_as_the_customer_would_get_it(
    client: Client, acme: Customer, queue: Queue, ann: User, otto: User
) -> None:
    ticket = a_ticket(acme, queue)
    data = {
        "event": "acknowledgement",
        "language": "en",
        "subject": "",
        "body": "Dear <b>{requester.name}</b>",
        "ticket": ticket.number,
    }
    client.force_login(ann)
    html = client.post(page("mailtemplate_preview"), data).content.decode()
    assert "Dear &lt;b&gt;Acme Pumps&lt;/b&gt;" in html and f"[{ticket.number}] Pump leaks" in html
    assert client.post(page("mailtemplate_preview"), data | {"event": "nonsense"}).status_code == 422
    client.force_login(otto)
    assert client.post(page("mailtemplate_preview"), data).status_code == 404
