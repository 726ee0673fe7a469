"""Actions of rules that tell the world outside: a program by a webhook, or the room of a team in a messenger."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from customers.models import Webhook
from customers.segments.choices import Rows
from services.models import MessagingChannel, Ticket
from services.operations.call_webhook import call_webhook
from services.operations.macro_text import PLACEHOLDERS, fill_in, require_known_placeholders
from services.operations.notify_channel import notify_channel
from services.operations.rule_actions import (
    DONE,
    GONE,
    ActionKind,
    Occasion,
    Param,
    Params,
    ParamType,
    register_action,
)


def _webhooks() -> Any:
    """Without those that belong to a channel."""
    return Webhook.objects.filter(messaging_channel=None).order_by("name", "pk")


def _active_webhooks() -> Any:
    return _webhooks().filter(is_active=True)


def _channels() -> Any:
    return MessagingChannel.objects.exclude(webhook=None).order_by("name", "pk")


def _active_channels() -> Any:
    return _channels().filter(is_active=True)


def _may_call(ticket: Ticket, params: Params, at: datetime) -> str:
    return DONE if _active_webhooks().filter(pk=params["webhook"]).exists() else GONE


def _call(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    call_webhook(webhook=_active_webhooks().get(pk=params["webhook"]), ticket=ticket, at=occasion.at)


def _check_text(params: dict[str, Any]) -> None:
    require_known_placeholders(params["text"])


def _may_say(ticket: Ticket, params: Params, at: datetime) -> str:
    return DONE if _active_channels().filter(pk=params["channel"]).exists() else GONE


def _say(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    channel = _active_channels().select_related("webhook").get(pk=params["channel"])
    notify_channel(channel=channel, text=fill_in(params["text"], ticket=ticket, by=None), at=occasion.at)


_known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
WEBHOOK = Param("webhook", gettext_lazy("webhook"), choices=Rows(_webhooks, _active_webhooks))
CHANNEL = Param("channel", gettext_lazy("messaging channel"), choices=Rows(_channels, _active_channels))
TEXT = Param("text", gettext_lazy("text"), ParamType.LONG_TEXT, help=_known)

for _kind in (
    ActionKind("webhook", gettext_lazy("Call a webhook"), _call, (WEBHOOK,), _may_call),
    ActionKind(
        "channel", gettext_lazy("Say something in a messaging channel"), _say, (CHANNEL, TEXT), _may_say, _check_text
    ),
):
    register_action(_kind)
