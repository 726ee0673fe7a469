"""JSON of our own, for a bridge to whatever messenger: out as it is written here, in by a mapping."""

import json
from collections.abc import Mapping
from typing import Any

from services.messaging.adapter import Adapter, Inbound, Unreadable

# Where each part stands, unless the mapping says otherwise.
USUAL = {"id": "id", "text": "text", "sender": "sender", "name": "name", "conversation": "conversation"}
LONGEST = {"id": 255, "sender": 200, "name": 200, "conversation": 500, "text": 50_000}


def _compose(text: str, to: str, key: str) -> dict[str, Any]:
    return {"id": key, "to": to, "text": text}


def _read(body: bytes, mapping: Mapping[str, str]) -> Inbound | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("the body is not JSON") from None
    if not isinstance(document, dict):
        raise Unreadable("the body is not a JSON object")
    found = {name: _part(document, {**USUAL, **mapping}[name], name) for name in USUAL}
    if not found["text"].strip():
        return None  # a picture, a sticker, somebody who joined: nothing that can be read
    for name in ("id", "sender"):
        if not found[name]:
            raise Unreadable(f"there is no {name} at “{mapping.get(name, name)}”")
    return Inbound(**{**found, "conversation": found["conversation"] or found["sender"]})


def _part(document: Any, path: str, name: str) -> str:
    for step in path.split("."):
        document = document.get(step) if isinstance(document, dict) else None
    if isinstance(document, bool) or not isinstance(document, str | int):
        return ""
    text = "".join(c for c in str(document) if c not in "\x00" and not "\ud800" <= c <= "\udfff")
    if len(text) > LONGEST[name]:
        raise Unreadable(f"{name} is longer than {LONGEST[name]} characters")
    return text


GENERIC = Adapter("generic", _compose, _read)
