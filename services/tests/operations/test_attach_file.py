"""Only files that are what they say, and not too many, are kept; where nobody finds them by guessing."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from customers.models import Customer, User
from services.choices import MessageKind
from services.models import Attachment, Queue, Ticket
from services.operations.attach_file import MOST_FILES, attach_file
from services.operations.attachment_files import content_of, stored_file
from services.operations.detach_file import FileIsSent, detach_file
from services.operations.file_types import FileRefused
from services.operations.forget_attachments import forget_attachments
from services.operations.keep_note import keep_note
from services.tests.operations.desk import a_ticket, after

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
HTML = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture
def ticket(acme: Customer, queue: Queue) -> Ticket:
    return a_ticket(acme, queue)


@pytest.fixture
def attach(ticket: Ticket, ann: User, var: Path) -> Any:
    def attach(name: str, *chunks: bytes) -> Attachment:
        return attach_file(ticket=ticket, kind=MessageKind.NOTE, name=name, chunks=chunks, by=ann, at=after())

    return attach


def files(var: Path) -> list[Path]:
    return [path for path in (var / "attachments").rglob("*") if path.is_file()]


def test_a_file_lies_under_a_random_name_for_its_owner_alone(attach: Any, var: Path) -> None:
    attachment = attach("../../etc/Leak.PNG", PNG, b"more")
    (path,) = files(var)
    assert path == stored_file(attachment.path) and content_of(attachment.path).read() == PNG + b"more"
    assert PNG not in path.read_bytes() and b"more" not in path.read_bytes()  # encrypted at rest
    assert path.stat().st_mode & 0o777 == 0o600
    assert "Leak" not in str(path) and attachment.name == "Leak.PNG"
    assert (attachment.content_type, attachment.size) == ("image/png", len(PNG) + 4)
    assert attachment.sha256 == hashlib.sha256(PNG + b"more").hexdigest()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", HTML),
        ("a.svg", SVG),
        ("a.exe", b"MZ"),
        ("a", b"text"),
        ("a.png", HTML),
        ("a.png.html", PNG),
        ("a.jpg", PNG),
        ("a.pdf", b"\n%PDF-1.7"),
        ("a.txt", b"a\x00b"),
        ("a.txt", b""),
        ("a.docx", HTML),
    ],
)
def test_what_is_not_taken_leaves_nothing_behind(name: str, content: bytes, attach: Any, var: Path) -> None:
    with pytest.raises(FileRefused):
        attach(name, content)
    assert not Attachment.objects.exists() and not files(var)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "Grüße 您好".encode()),
        ("a.csv", b"a;b\r\n"),
        ("a.webp", b"RIFF0000WEBPVP8 "),
        ("a.xlsx", b"PK\x03\x04"),
    ],
)
def test_what_is_what_it_says_is_taken(name: str, content: bytes, attach: Any) -> None:
    assert attach(name, content).size == len(content)


def test_the_size_is_what_arrives_not_what_is_said(attach: Any, var: Path, settings: Any) -> None:
    settings.ATTACHMENT_MOST_BYTES = 100
    with pytest.raises(FileRefused):
        attach("a.txt", b"x" * 60, b"x" * 60)
    assert not files(var)


def test_a_message_takes_so_many(attach: Any) -> None:
    for _ in range(MOST_FILES):
        attach("a.txt", b"x")
    with pytest.raises(FileRefused):
        attach("a.txt", b"x")


@pytest.mark.django_db(transaction=True)
def test_a_waiting_file_is_thrown_away_a_sent_one_never(
    attach: Any, ticket: Ticket, ann: User, otto: User, var: Path
) -> None:
    waiting, sent = attach("a.txt", b"x"), attach("b.txt", b"y")
    keep_note(ticket=ticket, body="See", by=ann, at=after(), files=[sent.key])
    for attachment, by in ((sent, ann), (waiting, otto)):
        with pytest.raises(FileIsSent):
            detach_file(attachment=attachment, by=by)
    detach_file(attachment=waiting, by=ann)
    assert [path.name for path in files(var)] == [Path(sent.path).name]


def test_files_whose_message_was_never_sent_are_forgotten(attach: Any, ticket: Ticket, ann: User, var: Path) -> None:
    attach("a.txt", b"x")
    sent = attach("b.txt", b"y")
    keep_note(ticket=ticket, body="See", by=ann, at=after(), files=[sent.key])
    assert forget_attachments(at=after(days=6)) == 0
    assert forget_attachments(at=after(days=7) + timedelta(seconds=1)) == 1
    assert list(Attachment.objects.all()) == [sent] and len(files(var)) == 1
