from datetime import datetime

from django.db import transaction

from customers.models import WebhookDelivery
from services.models import MessagingChannel
from services.operations.queue_for_channel import NOTICE, queue_for_channel


@transaction.atomic
def notify_channel(*, channel: MessagingChannel, text: str, at: datetime) -> WebhookDelivery:
    """Say something to all who read a channel, such as the room of a team in Slack or WeChat Work. Notices of one
    channel go out in order. An action of rules.

    Raises ChannelIsSilent."""
    return queue_for_channel(
        channel=channel, text=text, to="", event=NOTICE, lane=f"channel:{channel.pk}", data={}, at=at
    )
