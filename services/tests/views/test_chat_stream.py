"""The stream: what is said comes at once, from the last line on; few are held, and their places are given back."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import User
from services.models import ChatSession, ChatWidget, Queue, Ticket
from services.operations import chat_bell
from services.operations.reply_to_ticket import reply_to_ticket
from services.tests.operations.chats import begin, make_widget, say, secret
from services.views.chat import stream as module
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def widget(queue: Queue) -> ChatWidget:
    return make_widget(queue)


@pytest.fixture
def session(widget: ChatWidget) -> ChatSession:
    session = begin(widget)
    say(session)
    return session


@pytest.fixture(autouse=True)
def deaf_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No Redis, and no patience."""
    monkeypatch.setattr(chat_bell.Ear, "_listen", lambda self: None)
    monkeypatch.setattr(module, "LOOKS_SECONDS", 0.01)


def listen(widget: ChatWidget, letter: str = "a", **more: Any) -> Any:
    headers = {"X-Chat-Secret": secret(letter), **more.pop("headers", {})}
    return Client().get(reverse("chat-stream", args=[widget.key]), more, headers=headers)


def leave(answer: Any) -> None:
    """The connection has ended: what the web server does then, but for what closes the test's own database."""
    for closer in answer._resource_closers:
        closer()


def events(answer: Any, count: int) -> list[bytes]:
    stream = iter(answer)
    found: list[bytes] = []
    while len(found) < count:
        event = next(stream)
        if not event.startswith(b":"):
            found.append(event)
    return found


def test_it_begins_with_what_was_said_and_goes_on_with_what_is_said(
    widget: ChatWidget, session: ChatSession, ann: User
) -> None:
    answer = listen(widget)
    assert answer["Content-Type"].startswith("text/event-stream") and answer["X-Accel-Buffering"] == "no"
    line, state = events(answer, 2)
    assert line.startswith(f"id: {session.lines.get().pk}\nevent: line\ndata: ".encode()) and b'"Help"' in line
    assert state.startswith(b"event: state\n")
    reply_to_ticket(ticket=Ticket.objects.get(), body="Hello", by=ann, at=NOW)
    [line] = events(answer, 1)
    assert b'"Hello"' in line
    leave(answer)


def test_it_goes_on_after_the_last_line(widget: ChatWidget, session: ChatSession) -> None:
    last = session.lines.get().pk
    for asked in ({"after": last}, {"headers": {"Last-Event-ID": str(last)}}):
        answer = listen(widget, **asked)
        assert events(answer, 1)[0].startswith(b"event: state")
        leave(answer)


def test_it_ends_by_itself(widget: ChatWidget, session: ChatSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LIVES_SECONDS", 0.05)
    answer = listen(widget)
    assert b"".join(answer).count(b"event: line") == 1
    leave(answer)
    assert not module._open


def test_a_process_holds_few_of_them_and_one_a_chat(widget: ChatWidget, session: ChatSession, settings: Any) -> None:
    settings.CHAT_STREAMS = 2
    begin(widget, "b")
    begin(widget, "c")
    first = listen(widget)
    assert listen(widget).status_code == 503
    second = listen(widget, "b")
    third = listen(widget, "c")
    assert (second.status_code, third.status_code, third["Retry-After"]) == (200, 503, "3")
    leave(first)  # before it said anything
    assert listen(widget, "c").status_code == 200
    module._open.clear()


@contextmanager
def hanging_up() -> Iterator[tuple[int, list[Any]]]:
    """A server that ends every connection at once: its port, and the addresses of those who called."""
    calls: list[Any] = []

    class Handler(socketserver.BaseRequestHandler):
        def setup(self) -> None:
            calls.append(self.client_address)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield server.server_address[1], calls
        finally:
            server.shutdown()


def test_the_bell_wakes_and_is_missed_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    key = uuid4()
    ear = chat_bell.Ear(key)
    if ear._channel is None:
        pytest.skip("no Redis here")
    threading.Timer(0.2, chat_bell.ring, [key]).start()
    began = time.monotonic()
    ear.wait(60)
    assert time.monotonic() - began < 30
    ear.close()


def test_without_redis_nobody_waits_and_nothing_fails(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(chat_bell, "_resting_until", 0.0)
    with hanging_up() as (port, calls):
        settings.REDIS_URL = f"redis://127.0.0.1:{port}/0"
        chat_bell.ring(uuid4())
        chat_bell.ring(uuid4())
        assert len(calls) == 1  # the second leaves it alone
        ear = chat_bell.Ear(uuid4())
        ear.wait(0.05)
        ear.close()
        assert len(calls) == 2  # none tries again
