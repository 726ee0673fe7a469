"""Macros and files of a ticket over the API, and what users are told."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import User
from services.models import Macro, Message, Notification, Ticket
from services.operations.write_macro import write_macro
from tests.cast import NOW
from tests.client import as_user


def a_macro(**changes: Any) -> Macro:
    values = {"name": "M", "body": "Dear {customer.name}", "status_after": "pending", **changes}
    return write_macro(macro=Macro(), changes=values, by=None, at=NOW)


def test_a_macro_is_looked_at_and_applied(ann: User, ticket: Ticket) -> None:
    macro, client, address = a_macro(takes_ticket=True), as_user(ann), f"/api/v1/tickets/{ticket.pk}/"
    seen = client.post(f"{address}preview-macro/", {"macro": macro.pk}).json()
    assert seen == {
        "kind": "reply",
        "body": "Dear Acme Pumps",
        "status": "pending",
        "priority": None,
        "takes": True,
        "refusals": [],
    }
    stale = client.post(f"{address}macro/", {"macro": macro.pk}, headers={"If-Match": '"999"'})
    assert stale.status_code == 412 and not Message.objects.filter(author=ann).exists()
    done = client.post(f"{address}macro/", {"macro": macro.pk, "body": "Dear all"}).json()
    assert (done["status"], done["assignee"]) == ("pending", ann.agent.pk)
    assert Message.objects.get(author=ann).body == "Dear all"


def test_a_refused_macro_says_why(ann: User, otto: User, ticket: Ticket) -> None:
    Ticket.objects.update(assignee=otto.agent)
    answer = as_user(ann).post(f"/api/v1/tickets/{ticket.pk}/macro/", {"macro": a_macro(takes_ticket=True).pk})
    assert (answer.status_code, answer.json()["code"]) == (409, "already_taken")
    foreign = a_macro(owner=otto)
    answer = as_user(ann).post(f"/api/v1/tickets/{ticket.pk}/macro/", {"macro": foreign.pk})
    assert answer.status_code == 400


def test_a_file_is_uploaded_listed_and_downloaded(ann: User, root: User, otto: User, ticket: Ticket, var: Path) -> None:
    address = f"/api/v1/tickets/{ticket.pk}/attachments/"
    file = SimpleUploadedFile("leak.txt", b"drip", content_type="text/html")
    made = as_user(ann).post(address, {"file": file, "kind": "note"}, format="multipart")
    assert made.status_code == 201, made.content
    assert (made.json()["name"], made.json()["content_type"], made.json()["message"]) == (
        "leak.txt",
        "text/plain",
        None,
    )
    download = f"/api/v1/attachments/{made.json()['id']}/download/"
    assert as_user(root).get(address).json() == [] and as_user(root).get(download).status_code == 404
    said = {"body": "See", "files": [made.json()["key"]]}
    refused = as_user(ann).post(f"/api/v1/tickets/{ticket.pk}/reply/", said)  # a note's file never goes out
    assert (refused.status_code, refused.json()["code"]) == (409, "file_is_gone")
    assert as_user(ann).post(f"/api/v1/tickets/{ticket.pk}/note/", said).status_code == 200
    assert [row["name"] for row in as_user(root).get(address).json()] == ["leak.txt"]
    answer: Any = as_user(root).get(download)
    assert b"".join(answer.streaming_content) == b"drip"
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    assert as_user(otto).get(download).status_code == as_user(otto).get(address).status_code == 404


def test_a_file_that_is_not_taken_is_told(ann: User, ticket: Ticket, var: Path) -> None:
    file = SimpleUploadedFile("page.html", b"<html>")
    answer = as_user(ann).post(f"/api/v1/tickets/{ticket.pk}/attachments/", {"file": file}, format="multipart")
    assert answer.status_code == 400 and "page.html" in answer.json()["errors"]["file"][0]


def test_what_one_is_told_is_listed_and_marked_as_read(ann: User, otto: User, ticket: Ticket) -> None:
    rows = [
        Notification.objects.create(user=user, ticket=ticket, kind="assigned", key=str(number), at=NOW)
        for number, user in enumerate([ann, ann, ann, otto])
    ]
    client, address = as_user(ann), "/api/v1/notifications/"
    assert [row["id"] for row in client.get(address).json()["results"]] == [row.pk for row in rows[2::-1]]
    assert client.post(f"{address}read/", {"ids": [rows[0].pk, rows[3].pk]}).json() == {"read": 1}
    assert len(client.get(f"{address}?unread=true").json()["results"]) == 2
    assert client.post(f"{address}read/", {}).json() == {"read": 2}
    assert Notification.objects.get(read_at=None).user == otto
    assert client.get(f"{address}{rows[3].pk}/").status_code == 404
