"""Incoming webhooks of Slack, and of what understands them (Mattermost, Rocket.Chat)."""

from typing import Any

from services.messaging.adapter import Adapter, shortened

MOST_BYTES = 39_000  # Slack cuts what is longer than 40,000 characters


def _compose(text: str, to: str, key: str) -> dict[str, Any]:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")  # so that nothing rings a bell
    return {"text": shortened(escaped, MOST_BYTES)}


SLACK = Adapter("slack", _compose)
