from datetime import datetime

from django.db import transaction

from services.models import MessagingChannel


@transaction.atomic
def remove_channel(*, channel: MessagingChannel, at: datetime, expected_version: int | None = None) -> None:
    """Delete a channel, with what waits to be sent by it. Tickets stay. Raises StaleVersion."""
    channel.refresh_from_db(from_queryset=MessagingChannel.objects.select_for_update())
    channel.require_version(expected_version)
    webhook = channel.webhook
    channel.delete()
    if webhook is not None:
        webhook.delete()
