"""The interface that every messenger has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


class Unreadable(ValueError):
    """What came in cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message that came in. `conversation` is where an answer goes; `id` is what the messenger calls the message."""

    id: str
    text: str
    sender: str
    conversation: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Adapter:
    """`compose(text, to, key)` returns the JSON that is sent: `to` is the conversation, empty for a notice to all who
    read the channel; `key` is the same however often the message is sent. `read(body, mapping)` reads what came in,
    None for what is no message; it raises Unreadable. None: this messenger only takes messages."""

    code: str
    compose: Callable[[str, str, str], dict[str, Any]]
    read: Callable[[bytes, Mapping[str, str]], Inbound | None] | None = None


def shortened(text: str, most_bytes: int) -> str:
    """The beginning of a text that fits into so many bytes of UTF-8, never with half a character at its end."""
    if len(text.encode()) <= most_bytes:
        return text
    return text.encode()[: most_bytes - len("…".encode())].decode(errors="ignore") + "…"
