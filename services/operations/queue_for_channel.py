import json
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.models import WebhookDelivery
from services.messaging import ADAPTERS
from services.models import MessagingChannel

NOTICE = "channel.notice"
REPLY = "channel.reply"


class ChannelIsSilent(Exception):
    """The channel is off, or has no address to send to. Nothing was written."""

    def __init__(self) -> None:
        super().__init__(_("This channel is off, or has no address that it sends to."))


def queue_for_channel(
    *, channel: MessagingChannel, text: str, to: str, event: str, lane: str, data: dict[str, Any], at: datetime
) -> WebhookDelivery:
    """Write down something that a channel is to send, in the caller's transaction. It is delivered as events are:
    signed, tried again, and in order within its lane. The key of the delivery is the id of the message.

    Raises ChannelIsSilent."""
    if channel.webhook is None or not channel.is_active:
        raise ChannelIsSilent
    row = WebhookDelivery(
        webhook=channel.webhook, event=event, lane=lane, object_type="message", data=data, at=at, due_at=at
    )
    row.object_id = data.get("message")
    row.content = json.dumps(ADAPTERS[channel.adapter].compose(text, to, str(row.key)), ensure_ascii=False)
    row.save(force_insert=True)
    return row
