"""Messengers: what each understands, and what comes in from them. Knows no Django.

An adapter is two functions: `compose(text, to, key)` writes what is sent, as JSON; `read(body, mapping)` says what came
in. Who sends, retries and signs is no affair of theirs."""

from services.messaging.adapter import Adapter, Inbound, Unreadable
from services.messaging.generic import GENERIC
from services.messaging.slack import SLACK
from services.messaging.wecom import WECOM_MARKDOWN, WECOM_TEXT

ADAPTERS: dict[str, Adapter] = {one.code: one for one in (GENERIC, SLACK, WECOM_TEXT, WECOM_MARKDOWN)}

__all__ = ["ADAPTERS", "Adapter", "Inbound", "Unreadable"]
