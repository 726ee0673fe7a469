"""What each messenger understands, and what is read of what comes in."""

import json
from typing import Any

import pytest

from services.messaging import ADAPTERS, Inbound, Unreadable
from services.messaging.adapter import shortened


def compose(code: str, text: str) -> Any:
    return ADAPTERS[code].compose(text, "chat-1", "key-1")


def read(document: Any, **mapping: str) -> Inbound | None:
    adapter = ADAPTERS["generic"]
    assert adapter.read is not None
    return adapter.read(json.dumps(document).encode(), mapping)


def test_each_writes_what_its_messenger_takes() -> None:
    assert compose("generic", "您好") == {"id": "key-1", "to": "chat-1", "text": "您好"}
    assert compose("slack", "a <!channel> & b") == {"text": "a &lt;!channel&gt; &amp; b"}
    assert compose("wecom_text", "您好") == {"msgtype": "text", "text": {"content": "您好"}}
    assert compose("wecom_md", "**您好**") == {"msgtype": "markdown", "markdown": {"content": "**您好**"}}


def test_what_is_too_long_for_a_robot_is_cut_between_characters() -> None:
    content = compose("wecom_text", "好" * 1000)["text"]["content"]
    assert len(content.encode()) <= 2048 and content.endswith("好…") and set(content) == {"好", "…"}
    assert len(compose("wecom_md", "é" * 5000)["markdown"]["content"].encode()) <= 4096
    assert shortened("short", 5) == "short"


def test_robots_only_take() -> None:
    assert [code for code, adapter in ADAPTERS.items() if adapter.read is not None] == ["generic"]


def test_a_message_is_read_where_it_stands() -> None:
    usual = {"id": "m1", "text": "Help", "sender": "u1", "name": "Wang", "conversation": "c1"}
    assert read(usual) == Inbound(id="m1", text="Help", sender="u1", name="Wang", conversation="c1")
    telegram = {"update_id": 7, "message": {"text": "Help", "from": {"id": 42, "first_name": "Li"}, "chat": {"id": 9}}}
    found = read(
        telegram,
        id="update_id",
        text="message.text",
        sender="message.from.id",
        name="message.from.first_name",
        conversation="message.chat.id",
    )
    assert found == Inbound(id="7", text="Help", sender="42", name="Li", conversation="9")


def test_without_a_conversation_it_is_with_the_sender() -> None:
    found = read({"id": "1", "text": "x", "sender": "u"})
    assert found is not None and found.conversation == "u"


@pytest.mark.parametrize("document", [{"id": 1, "sender": "u"}, {"id": 1, "sender": "u", "text": "  "}, {}])
def test_without_a_text_it_is_no_message(document: Any) -> None:
    assert read(document) is None


@pytest.mark.parametrize(
    "document",
    [[], "x", 5, None, {"text": "x"}, {"text": "x", "id": "1"}, {"text": "x", "sender": "u"},
     {"text": "x", "id": True, "sender": "u"}, {"text": "x", "id": {}, "sender": "u"}, {"text": "x" * 60_000},
     {"text": "x", "id": "1" * 300, "sender": "u"}],
)  # fmt: skip
def test_what_cannot_be_read_is_said_so(document: Any) -> None:
    with pytest.raises(Unreadable):
        read(document)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000, b"{" * 100_000])
def test_what_is_no_json_is_said_so(body: bytes) -> None:
    adapter = ADAPTERS["generic"]
    assert adapter.read is not None
    with pytest.raises(Unreadable):
        adapter.read(body, {})


def test_what_no_database_stores_is_left_out() -> None:
    found = read({"id": "1", "text": "a\x00b\ud800c", "sender": "u"})
    assert found is not None and found.text == "abc"
