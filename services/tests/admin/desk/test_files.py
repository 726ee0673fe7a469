"""Files come in beside a message and are handed out to whoever sees the ticket, never as a page."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import User
from services.choices import MessageKind
from services.models import Attachment, Ticket
from services.operations.attach_file import attach_file
from services.operations.keep_note import keep_note
from services.tests.admin.desk.conftest import at, post
from services.tests.operations.desk import after

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def upload(client: Client, ticket: Ticket, name: str, content: bytes, kind: str = "reply") -> Any:
    file = SimpleUploadedFile(name, content, content_type="text/html")
    return client.post(at("attach", ticket.pk), {"kind": kind, "file": file})


@pytest.fixture
def sent(ticket: Ticket, ann: User, var: Path) -> dict[str, Attachment]:
    contents = {"leak.png": PNG, "page.txt": b"<script>alert(1)</script>"}
    made = {
        name: attach_file(ticket=ticket, kind=MessageKind.NOTE, name=name, chunks=[content], by=ann, at=after())
        for name, content in contents.items()
    }
    keep_note(ticket=ticket, body="See", by=ann, at=after(), files=[one.key for one in made.values()])
    return made


def test_a_file_is_put_beside_the_reply_and_goes_with_it(desk: Client, ticket: Ticket, ann: User, var: Path) -> None:
    html = upload(desk, ticket, "leak.png", PNG).content.decode()
    attachment = Attachment.objects.get()
    assert str(attachment.key) in html and attachment.content_type == "image/png"
    assert str(attachment.key) in desk.get(at("ticket", ticket.pk)).content.decode()
    response = post(desk, at("reply", ticket.pk), ticket, body="See", file=[str(attachment.key), "nonsense"])
    assert response.status_code == 422
    response = post(desk, at("reply", ticket.pk), ticket, body="See", file=[str(attachment.key)])
    attachment.refresh_from_db()
    assert attachment.message and attachment.message.body == "See"
    assert "leak.png" in response.content.decode()


def test_what_is_not_taken_is_told(desk: Client, ticket: Ticket, var: Path) -> None:
    for name in ("a.html", "a.svg", "a.png"):
        response = upload(desk, ticket, name, b"<svg/>")
        assert response.status_code == 422 and name in response.json()["said"]
    assert desk.post(at("attach", ticket.pk), {"kind": "reply"}).status_code == 422


def test_it_is_handed_out_to_be_saved(desk: Client, sent: dict[str, Attachment]) -> None:
    response: Any = desk.get(at("file", sent["page.txt"].key) + "?inline")
    assert b"".join(response.streaming_content) == b"<script>alert(1)</script>"
    assert response["Content-Disposition"] == 'attachment; filename="page.txt"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Type"] == "text/plain"


def test_a_picture_may_be_seen_within_the_page(desk: Client, sent: dict[str, Attachment]) -> None:
    response: Any = desk.get(at("file", sent["leak.png"].key) + "?inline")
    assert response["Content-Disposition"].startswith("inline") and response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert desk.get(at("file", sent["leak.png"].key))["Content-Disposition"].startswith("attachment")


def test_others_get_nothing(
    client: Client, ticket: Ticket, sent: dict[str, Attachment], ann: User, otto: User, root: User
) -> None:
    address = at("file", sent["leak.png"].key)
    assert client.get(address).status_code == 302
    client.force_login(otto)
    assert client.get(address).status_code == 404
    # what waits beside somebody's message is theirs alone
    waiting = attach_file(ticket=ticket, kind=MessageKind.NOTE, name="a.txt", chunks=[b"x"], by=ann, at=after())
    client.force_login(root)
    assert client.get(address).status_code == 200
    assert client.get(at("file", waiting.key)).status_code == 404
    assert "a.txt" not in client.get(at("ticket", ticket.pk)).content.decode()


def test_a_waiting_file_is_removed_a_sent_one_is_not(desk: Client, ticket: Ticket, sent: dict[str, Attachment]) -> None:
    upload(desk, ticket, "b.txt", b"b")
    waiting = Attachment.objects.get(name="b.txt")
    assert desk.post(at("detach", ticket.pk, waiting.key)).status_code == 204
    assert desk.post(at("detach", ticket.pk, waiting.key)).status_code == 204
    assert desk.post(at("detach", ticket.pk, sent["leak.png"].key)).status_code == 409
    assert Attachment.objects.count() == 2
