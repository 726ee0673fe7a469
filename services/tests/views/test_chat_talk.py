"""What the visitor's browser asks for: begun, written, read, ended, rated; and who is refused."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from customers.models import AuditEntry, User
from services.models import ChatSession, ChatWidget, Message, Queue, SatisfactionRating, Ticket
from services.operations.add_note import add_note
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.chats import begin, make_widget, say, secret
from services.views.chat import access
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def widget(queue: Queue) -> ChatWidget:
    return make_widget(queue)


class Visitor:
    """A browser with a secret."""

    def __init__(self, widget: ChatWidget, letter: str = "a") -> None:
        self.client, self.widget, self.secret = Client(), widget, secret(letter)

    def _to(self, name: str, **more: Any) -> str:
        return reverse(f"chat-{name}", kwargs={"key": self.widget.key, **more})

    def get(self, name: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
        return self.client.get(self._to(name, **more), data, headers={"X-Chat-Secret": self.secret})

    def send(self, to: str, /, **values: Any) -> Any:
        headers = {"X-Chat-Secret": self.secret}
        return self.client.post(self._to(to), json.dumps(values), content_type="application/json", headers=headers)

    def write(self, text: str = "Help", key: str = "", **more: Any) -> Any:
        data = {"text": text, "key": key or str(uuid4()), **more}
        return self.client.post(self._to("messages"), data, headers={"X-Chat-Secret": self.secret})


@pytest.fixture
def visitor(widget: ChatWidget) -> Visitor:
    visitor = Visitor(widget)
    assert visitor.send("start", name="Jo", page="https://www.example.com/shop?x=1", language="en").status_code == 200
    return visitor


def test_a_message_comes_in_once_and_is_read_back(visitor: Visitor) -> None:
    key = str(uuid4())
    first, again = visitor.write("Help", key), visitor.write("Help", key)
    assert first.status_code == 200 and first.json() == again.json()
    line = first.json()["line"]
    assert (line["text"], line["theirs"], line["key"]) == ("Help", True, key)
    told = visitor.get("messages").json()
    assert told["lines"] == [line] and told["more"] is False
    assert told["state"]["number"] == Ticket.objects.get().number
    assert visitor.get("messages", {"after": line["id"]}).json()["lines"] == []
    assert Message.objects.count() == 1


def test_what_agents_say_is_told_by_the_name_that_customers_know(visitor: Visitor, ann: User) -> None:
    visitor.write()
    ticket = Ticket.objects.get()
    reply_to_ticket(ticket=ticket, body="Hello", by=ann, at=NOW)
    add_note(ticket=ticket, body="secret note", by=ann, at=NOW)
    answer = visitor.get("messages")
    assert [(line["text"], line["name"]) for line in answer.json()["lines"]] == [("Help", ""), ("Hello", "Ann")]
    assert "secret note" not in answer.content.decode()


def test_without_the_secret_nothing_is_told(visitor: Visitor, widget: ChatWidget, queue: Queue) -> None:
    visitor.write()
    stranger = Visitor(widget, "b")
    for answer in (stranger.get("messages"), stranger.get("stream"), stranger.send("seen", line="1")):
        assert answer.status_code == 401
    stranger.secret = "short"
    assert stranger.get("messages").status_code == 401 and stranger.send("start").status_code == 400
    elsewhere = Visitor(make_widget(queue, name="Other"))
    assert elsewhere.get("messages").status_code == 401  # the same secret at another widget
    elsewhere.send("start")
    assert elsewhere.get("messages").json()["lines"] == []  # is another chat


def test_a_widget_that_is_off_is_closed(visitor: Visitor) -> None:
    ChatWidget.objects.update(is_active=False)
    assert visitor.get("messages").status_code == 404 and visitor.write().status_code == 404
    assert visitor.send("start").status_code == 404


def test_what_cannot_be_taken_is_refused_with_the_reason(visitor: Visitor) -> None:
    exe, pdf = SimpleUploadedFile("x.exe", b"MZ"), SimpleUploadedFile("x.pdf", b"%PDF-1.7")
    assert visitor.write(key="x").status_code == 400
    for answer in (visitor.write(" "), visitor.write("a" * 4001), visitor.write("Look", file=exe)):
        assert answer.status_code == 422 and answer.json()["detail"]
    many = [SimpleUploadedFile(f"{number}.pdf", b"%PDF-1.7") for number in range(6)]
    assert visitor.write("Look", file=many).status_code == 422
    assert not Message.objects.exists()
    assert visitor.write("Look", file=pdf).json()["line"]["files"][0]["name"] == "x.pdf"
    bad = visitor.send("start", email="nobody")
    assert (bad.status_code, bad.json()["field"]) == (422, "email")


def test_a_file_is_handed_to_who_has_the_chat_and_to_nobody_else(visitor: Visitor, widget: ChatWidget) -> None:
    line = visitor.write("", file=SimpleUploadedFile("x.pdf", b"%PDF-1.7 yes")).json()["line"]
    key = line["files"][0]["key"]
    answer = visitor.get("file", file=key)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 yes"
    assert answer["Content-Disposition"].startswith("attachment") and "sandbox" in answer["Content-Security-Policy"]
    other = Visitor(widget, "b")
    other.send("start")
    assert other.get("file", file=key).status_code == 404


def test_a_file_of_an_internal_note_is_not_handed_out(visitor: Visitor, ann: User) -> None:
    line = visitor.write("", file=SimpleUploadedFile("x.pdf", b"%PDF-1.7 yes")).json()["line"]
    note = add_note(ticket=Ticket.objects.get(), body="x", by=ann, at=NOW)
    note.ticket.attachments.update(message=note)
    assert visitor.get("file", file=line["files"][0]["key"]).status_code == 404


def test_seen_typing_and_the_end(visitor: Visitor, ann: User) -> None:
    visitor.write()
    reply = reply_to_ticket(ticket=Ticket.objects.get(), body="Hello", by=ann, at=NOW)
    last = visitor.get("messages").json()["lines"][-1]["id"]
    assert visitor.send("seen", line=str(last)).status_code == 204
    reply.refresh_from_db()
    assert reply.delivery_status == "sent"
    assert visitor.send("typing", types="yes").status_code == 204
    assert ChatSession.objects.get().typing_at is not None
    assert visitor.send("end").json()["state"]["ended"] is True
    assert visitor.write().status_code == 410


def test_a_solved_chat_is_rated(visitor: Visitor, ann: User, settings: Any) -> None:
    visitor.write()
    assert visitor.send("rate", value="5").status_code == 410
    solve_ticket(ticket=Ticket.objects.get(), by=ann, at=NOW)
    assert visitor.get("messages").json()["state"]["rating"] is None  # its time is over: NOW is long ago
    Ticket.objects.get().rating_requests.update(expires_at=NOW.replace(year=2100))
    assert visitor.get("messages").json()["state"]["rating"] == {"value": 0}
    assert visitor.send("rate", value="9").status_code == 400
    assert visitor.send("rate", value="5", comment="Quick").json()["state"]["rating"] == {"value": 5}
    assert SatisfactionRating.objects.get().comment == "Quick"


@pytest.mark.parametrize("body", [b"[]", b"{", b'"x"', b"\xff", b'{"line": {"a": 1}}', b'{"line": "9e9"}'])
def test_nonsense_does_nothing(visitor: Visitor, body: bytes) -> None:
    visitor.write()
    url = reverse("chat-seen", args=[visitor.widget.key])
    headers = {"X-Chat-Secret": visitor.secret}
    answer = visitor.client.post(url, body, content_type="application/json", headers=headers)
    assert answer.status_code == 204 and ChatSession.objects.get().seen_line == 0


def test_too_much_is_too_much(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(access.OF_SESSION, "write", 0)
    answer = visitor.write()
    assert answer.status_code == 429 and answer["Retry-After"] == "20"
    monkeypatch.setitem(access.OF_ADDRESS, "start", 0)
    assert visitor.send("start").status_code == 429


def test_what_a_visitor_did_is_on_record_without_their_secret(visitor: Visitor) -> None:
    visitor.write()
    entry = AuditEntry.objects.filter(model="services.message").latest("pk")
    assert (entry.channel, entry.actor_id) == ("link", None)


def test_no_cookie_is_set(visitor: Visitor) -> None:
    visitor.write()
    assert not visitor.client.cookies


def test_reading_costs_the_same_however_long_the_talk(visitor: Visitor, django_assert_max_num_queries: Any) -> None:
    session = ChatSession.objects.get()
    for _ in range(10):
        say(session)
    with django_assert_max_num_queries(8):
        assert len(visitor.get("messages").json()["lines"]) == 10


def test_more_than_a_page_is_read_in_pages(widget: ChatWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.operations import read_chat
    from services.views.chat import talk

    visitor, session = Visitor(widget), begin(widget)
    for number in range(5):
        say(session, str(number))
    monkeypatch.setattr(talk, "MOST_LINES", 2)
    monkeypatch.setattr(talk, "lines_after", lambda *args: read_chat.lines_after(*args, most=2))
    told = visitor.get("messages").json()
    assert told["more"] is True and [line["text"] for line in told["lines"]] == ["0", "1"]
