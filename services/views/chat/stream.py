"""The stream: what is said reaches the visitor at once. Each connection ends after a while and is made anew, from the
last line that came; a process holds few of them, since each keeps a thread busy."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language, override

from services.models import ChatSession
from services.operations.chat_bell import Ear
from services.operations.note_visitor import note_visitor
from services.operations.read_chat import lines_after
from services.views.chat.access import of_visitor, refuse
from services.views.chat.talk import place, told_line, told_state

# Shorter than what proxies and gunicorn's graceful end allow.
LIVES_SECONDS = 25.0
# Without the bell, so often it is looked.
LOOKS_SECONDS = 2.0

_lock = threading.Lock()
_open: set[int] = set()  # keys of the chats whose streams this process holds


@of_visitor("GET", "read")
def stream(request: HttpRequest, session: ChatSession, *, at: datetime) -> HttpResponseBase:
    """Server-sent events from the line ?after=, or Last-Event-ID, on: `line` with its key as the id, and `state`
    whenever that has changed. 503 where the process holds enough of them: then one asks for the messages instead."""
    after = place(request.headers.get("Last-Event-ID") or request.GET.get("after", ""))
    if not _take(session.pk):
        return refuse("Too many streams: ask for the messages.", 503)
    response = StreamingHttpResponse(Stream(session, after), content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store, private"
    response["X-Accel-Buffering"] = "no"
    return response


class Stream:
    """The events of one connection. Its place is given back however it ends, also before it began."""

    def __init__(self, session: ChatSession, after: int) -> None:
        self._session = session
        self._language = session.language or get_language()
        self._events = self._told(after)
        self._is_over = False

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> bytes:
        return next(self._events)

    def close(self) -> None:
        """Called by the web server when the connection has ended."""
        if not self._is_over:
            self._is_over = True
            self._events.close()  # type: ignore[attr-defined]
            _give_back(self._session.pk)

    def _told(self, after: int) -> Iterator[bytes]:
        ends = time.monotonic() + LIVES_SECONDS
        ear = Ear(self._session.key)
        said: dict[str, Any] | None = None
        try:
            while (left := ends - time.monotonic()) > 0:
                at = timezone.now()
                with override(self._language):
                    for line in lines_after(self._session, after):
                        after = line.pk
                        yield _event("line", told_line(line), id=after)
                    state = told_state(self._session, at=at)
                if state != said:
                    said = state
                    yield _event("state", state)
                else:
                    yield b": here\n\n"  # tells a connection that has broken
                note_visitor(session=self._session, at=at)
                ear.wait(min(LOOKS_SECONDS, left))
        finally:
            ear.close()


def _event(name: str, data: dict[str, Any], *, id: int | None = None) -> bytes:
    head = f"id: {id}\n" if id is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n".encode()


def _take(pk: int) -> bool:
    """A place for the stream of this chat: one a chat, so many in all."""
    with _lock:
        if pk in _open or len(_open) >= settings.CHAT_STREAMS:
            return False
        _open.add(pk)
        return True


def _give_back(pk: int) -> None:
    with _lock:
        _open.discard(pk)
