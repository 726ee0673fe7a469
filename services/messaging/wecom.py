"""Group robots of WeChat Work (企业微信群机器人)."""

from typing import Any

from services.messaging.adapter import Adapter, shortened

# What the robot takes, in bytes of UTF-8.
MOST_TEXT, MOST_MARKDOWN = 2048, 4096


def _text(text: str, to: str, key: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": shortened(text, MOST_TEXT)}}


def _markdown(text: str, to: str, key: str) -> dict[str, Any]:
    return {"msgtype": "markdown", "markdown": {"content": shortened(text, MOST_MARKDOWN)}}


WECOM_TEXT = Adapter("wecom_text", _text)
WECOM_MARKDOWN = Adapter("wecom_md", _markdown)
