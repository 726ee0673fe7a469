"""What travels: headers that hold whatever a subject holds, text and HTML, files, and the thread."""

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from customers.models import Customer, User
from services.choices import MessageKind
from services.mail.headers import one_line
from services.models import Mailbox, Message, OutboundMail, Queue
from services.operations.attach_file import attach_file
from services.operations.compose_mail import BadAddress, as_html, compose_mail, usable_address
from services.operations.note_mail_id import note_mail_id
from services.operations.reply_addresses import ticket_of_address
from services.operations.send_reply import send_reply
from services.tests.mail_server import a_mailbox
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.ratings import reachable
from services.tests.operations.test_deliver_mail import a_mail
from tests.cast import NOW

NAUGHTY = [
    "Pump\r\nBcc: evil@example.com",
    "水泵漏水了" * 30,
    "word " * 300,
    "x" * 1500,
    "🦆 \u202e reversed \x00 nul \x0b",
    "=?utf-8?q?fake?=",
    "\ud800 surrogate",
]


@pytest.fixture
def mailbox(queue: Queue) -> Mailbox:
    return a_mailbox(queue)


def parsed(mail: OutboundMail) -> Any:
    content = compose_mail(mail=mail, at=NOW).content
    assert content.isascii()  # so that no server on the way need know more
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    return message_from_bytes(content.replace(b"\r\n", b"\n"), policy=policy.default)


def test_a_mail_has_text_and_html_that_say_the_same(mailbox: Mailbox) -> None:
    letter = parsed(a_mail(mailbox, body="Dear 芳,\n\n1 < 2, see https://example.org/a?b=1&c=2\n\n> was: <b>it</b>"))
    assert letter.get_body(("plain",)).get_content().strip() == (
        "Dear 芳,\n\n1 < 2, see https://example.org/a?b=1&c=2\n\n> was: <b>it</b>"
    )
    html = letter.get_body(("html",)).get_content()
    assert "1 &lt; 2" in html and "&lt;b&gt;it&lt;/b&gt;</blockquote>" in html
    assert 'href="https://example.org/a?b=1&amp;c=2"' in html
    assert str(letter["From"]) == "Acme Care <support@example.org>" or "support@example.org" in str(letter["From"])
    assert letter["Date"].datetime == NOW


@pytest.mark.parametrize("text", NAUGHTY)
def test_no_subject_or_name_slips_a_header_in(mailbox: Mailbox, text: str) -> None:
    mail = a_mail(mailbox, subject=text.replace("\ud800", ""), sender_name=text.replace("\ud800", "")[:200])
    letter = parsed(mail)
    assert letter["Bcc"] is None and letter["To"] == "jo@example.com"
    assert " ".join(str(letter["Subject"]).split()) == one_line(text.replace("\ud800", ""))[:400].strip()
    assert letter["From"].addresses[0].addr_spec == "support@example.org"


@pytest.mark.parametrize("text", NAUGHTY)
def test_any_text_arrives_as_it_was_written(mailbox: Mailbox, text: str) -> None:
    body = text.replace("\ud800", "").replace("\r\n", "\n").replace("\x0b", "").replace("\x00", "")
    assert parsed(a_mail(mailbox, body=body)).get_body(("plain",)).get_content().rstrip("\n") == body


def test_scripts_and_handlers_in_a_text_are_only_text() -> None:
    html = as_html('<script>alert(1)</script> http://x.org/"onmouseover="alert(1)\n  <img src=x onerror=y>')
    assert "<script" not in html and "<img" not in html and 'onmouseover="' not in html


def test_automatic_mail_says_so_and_own_mail_is_known(mailbox: Mailbox) -> None:
    letter = parsed(a_mail(mailbox, is_automatic=True))
    assert letter["Auto-Submitted"] == "auto-replied" and letter["X-Candid-House"]
    assert parsed(a_mail(mailbox, key="b"))["Auto-Submitted"] is None


def test_a_reply_joins_the_thread_of_the_customers_mail(mailbox: Mailbox, acme: Customer, ann: User) -> None:
    ticket = a_ticket(reachable(acme), mailbox.queue, channel="email")
    first = ticket.messages.get()
    long = f"<{'a' * 200}@mail.example.com>"
    note_mail_id(
        value=long, ticket=ticket, message=first, is_ours=False, at=NOW, mailbox=mailbox, address="jo@example.net"
    )
    message = send_reply(ticket=ticket, body="Turn it off.", by=ann, at=after(minutes=5))
    mail = OutboundMail.objects.get(message=message)
    letter = parsed(mail)
    assert letter["To"] == "jo@example.net"
    assert letter["In-Reply-To"].strip() == long and letter["References"].strip() == long
    assert letter["Message-ID"] == mail.internet_id and mail.internet_id.endswith("@example.org>")
    assert str(letter["Subject"]) == f"[{ticket.number}] Re: Pump leaks"
    reply_to = letter["Reply-To"].addresses[0].addr_spec
    assert reply_to.startswith(f"support+{ticket.pk}.") and ticket_of_address(reply_to) == ticket
    text = letter.get_body(("plain",)).get_content()
    assert text.startswith("Turn it off.\n\n") and "> Water everywhere." in text
    again = send_reply(ticket=ticket, body="Off?", by=ann, at=after(minutes=9))
    chain = parsed(OutboundMail.objects.get(message=again))["References"].split()
    assert chain == [long, mail.internet_id]


def test_files_go_along_as_far_as_they_fit(
    mailbox: Mailbox, acme: Customer, ann: User, var: Path, settings: Any
) -> None:
    settings.MAIL_FILES_MB = 1
    ticket = a_ticket(reachable(acme), mailbox.queue, channel="email")
    small, large = b"%PDF-1.4 \r\n\x00\xff tiny", b"%PDF-1.4 " + b"x" * 1024 * 1024
    keys = [
        attach_file(ticket=ticket, name=name, chunks=[content], by=ann, at=after(minutes=1), kind=MessageKind.REPLY).key
        for name, content in (("报价单.pdf", small), ("large.pdf", large))
    ]
    message = send_reply(ticket=ticket, body="See the files.", by=ann, at=after(minutes=5), files=keys)
    letter = parsed(OutboundMail.objects.get(message=message))
    (part,) = letter.iter_attachments()
    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (
        "报价单.pdf",
        "application/pdf",
        small,
    )
    assert "- large.pdf (2 MB)" in letter.get_body(("plain",)).get_content()


def test_a_file_that_is_gone_is_said(mailbox: Mailbox, acme: Customer, ann: User, var: Path) -> None:
    ticket = a_ticket(reachable(acme), mailbox.queue, channel="email")
    content = b"%PDF-1.4 x"
    file = attach_file(
        ticket=ticket, name="a.pdf", chunks=[content], by=ann, at=after(minutes=1), kind=MessageKind.REPLY
    )
    message = send_reply(ticket=ticket, body="See it.", by=ann, at=after(minutes=5), files=[file.key])
    (var / "attachments" / file.path).unlink()
    with pytest.raises(FileNotFoundError):
        compose_mail(mail=OutboundMail.objects.get(message=message), at=NOW)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("jo@example.com", "jo@example.com"),
        (" jo@bücher.example ", "jo@xn--bcher-kva.example"),
        ("用户@例子.example", "用户@xn--fsqu00a.example"),
    ],
)
def test_domains_are_written_in_ascii(given: str, expected: str) -> None:
    assert usable_address(given) == expected


@pytest.mark.parametrize("given", ["", "jo", "jo@", "@example.com", "a b@example.com", "a,b@example.com", "jo@-x-.y"])
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(BadAddress):
        usable_address(given)


def test_only_the_conversation_itself_is_mailed(mailbox: Mailbox, acme: Customer, ann: User) -> None:
    from services.operations.add_note import add_note

    ticket = a_ticket(reachable(acme), mailbox.queue, channel="email")
    add_note(ticket=ticket, body="Between us.", by=ann, at=after(minutes=5))
    assert not OutboundMail.objects.exists()
    assert Message.objects.get(kind="note").delivery_status == "none"
