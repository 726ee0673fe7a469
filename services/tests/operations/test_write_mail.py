"""Mailboxes and templates as staff write them: secrets stay secret, placeholders are known ones."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.audit.record import values_of
from customers.models import AuditEntry, Customer, StaleVersion, User
from services.choices import MailPurpose
from services.models import Mailbox, MailTemplate, Queue
from services.operations.mail_texts import EVENTS
from services.operations.preview_mail import preview_mail
from services.operations.write_mail_template import write_mail_template
from services.operations.write_mailbox import write_mailbox
from services.tests.mail_server import a_mailbox
from services.tests.operations.desk import a_ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def template(**more: Any) -> MailTemplate:
    words = {"event": "reply", "language": "en", "body": "Hello {requester.name}\n{message.text}", **more}
    return write_mail_template(template=MailTemplate(), changes=words, at=NOW)


def test_an_empty_secret_leaves_the_one_that_stands(queue: Queue) -> None:
    mailbox = a_mailbox(queue)
    changed = write_mailbox(mailbox=mailbox, changes={"name": "Help", "send_secret": ""}, at=NOW, expected_version=1)
    assert (changed.name, changed.version) == ("Help", 2)
    assert Mailbox.objects.get(pk=mailbox.pk).send_secret == "mail horse"
    with pytest.raises(StaleVersion):
        write_mailbox(mailbox=mailbox, changes={"name": "Late"}, at=NOW, expected_version=1)


def test_a_secret_does_not_follow_to_another_server(queue: Queue) -> None:
    mailbox = a_mailbox(queue)
    with pytest.raises(ValidationError) as refused:
        write_mailbox(mailbox=mailbox, changes={"send_host": "evil.example"}, at=NOW)
    assert list(refused.value.message_dict) == ["send_secret"]
    changes = {"send_host": "smtp.example", "send_secret": "again"}
    assert write_mailbox(mailbox=mailbox, changes=changes, at=NOW).send_host == "smtp.example"


def test_the_record_shows_that_a_secret_changed_and_not_what_it_was(queue: Queue) -> None:
    mailbox = a_mailbox(queue)
    write_mailbox(mailbox=mailbox, changes={"send_secret": "other horse"}, at=NOW)
    values = str(values_of(AuditEntry.objects.latest("pk")))
    assert "send_secret" in values and "horse" not in values


def test_of_default_mailboxes_there_is_one(queue: Queue) -> None:
    first, second = a_mailbox(queue, is_default=True), a_mailbox(queue, name="B", address="b@example.org")
    write_mailbox(mailbox=second, changes={"is_default": True}, at=NOW)
    assert list(Mailbox.objects.filter(is_default=True)) == [second] != [first]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"login": "oauth"}, "token_url"),
        ({"login": "oauth", "token_url": "http://evil.example", "client_id": "x", "refresh_token": "y"}, "token_url"),
        ({"fetch_method": "imap"}, "fetch_host"),
        ({"address": "no address"}, "address"),
        ({"send_port": 70000}, "send_port"),
    ],
)
def test_a_mailbox_that_cannot_work_is_refused(queue: Queue, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        write_mailbox(mailbox=a_mailbox(queue), changes=changes, at=NOW)
    assert field in refused.value.message_dict


def test_an_unknown_placeholder_is_named() -> None:
    with pytest.raises(ValidationError) as refused:
        template(body="{message.text} {customer.nmae}", subject="{agnet}")
    errors = refused.value.message_dict
    assert "{customer.nmae}" in errors["body"][0] and "{customer.name}" in errors["body"][0]
    assert "{agnet}" in errors["subject"][0]


def test_a_template_without_its_text_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"message\.text"):
        template(body="Hello")


def test_an_automatic_mail_knows_no_agent() -> None:
    with pytest.raises(ValidationError, match=r"agent\.name"):
        template(event="acknowledgement", body="Yours, {agent.name}")


@pytest.mark.parametrize("event", MailPurpose.values)
def test_our_own_words_keep_to_the_rules_of_templates(event: str) -> None:
    write_mail_template(
        template=MailTemplate(),
        changes={
            "event": event,
            "language": "en",
            "subject": str(EVENTS[event].subject),
            "body": str(EVENTS[event].body),
        },
        at=NOW,
    )


@pytest.mark.parametrize("event", MailPurpose.values)
def test_a_preview_fills_in_everything(event: str, acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    found = preview_mail(event=MailPurpose(event), language="en", subject="", body="", ticket=ticket, by=ann, at=NOW)
    assert "{" not in found.subject + found.body and found.body
