from datetime import datetime

from django.db import transaction

from customers.operations.rotate_secret import new_secret
from services.models import MessagingChannel


@transaction.atomic
def rotate_inbound_secret(
    *, channel: MessagingChannel, at: datetime, expected_version: int | None = None
) -> tuple[MessagingChannel, str]:
    """Replace the secret of what comes in, at once; returns it, this once. Raises StaleVersion."""
    channel.refresh_from_db(from_queryset=MessagingChannel.objects.select_for_update())
    channel.require_version(expected_version)
    secret = new_secret()
    channel.inbound_secret = secret
    channel.save_checked(update_fields=["inbound_secret"])
    return channel, secret
