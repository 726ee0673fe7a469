"""Visitors of web sites, for the tests of chats."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.models import ChatLine, ChatSession, ChatWidget, Queue
from services.operations.receive_chat_message import receive_chat_message
from services.operations.start_chat import start_chat
from services.operations.write_chat_widget import write_chat_widget
from tests.cast import NOW

SITE = "https://www.example.com"


def secret(letter: str = "a") -> str:
    """A visitor's, of the right form."""
    return letter * 43


def make_widget(queue: Queue, **changes: Any) -> ChatWidget:
    """One that may stand on SITE."""
    given = {"name": "Shop", "queue": queue, "origins": [SITE], **changes}
    return write_chat_widget(widget=ChatWidget(), changes=given, at=NOW)


def begin(widget: ChatWidget, letter: str = "a", **who: Any) -> ChatSession:
    """A chat of the visitor with this secret."""
    return start_chat(widget=widget, secret=secret(letter), at=who.pop("at", NOW), **who)


def say(session: ChatSession, text: str = "Help", key: UUID | None = None, at: datetime = NOW, **more: Any) -> ChatLine:
    """The visitor says something."""
    return receive_chat_message(session=session, client_key=key or uuid4(), text=text, at=at, **more)
