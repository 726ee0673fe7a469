from django.conf import settings
from django.urls import reverse

from services.models import MessagingChannel


def inbound_address(channel: MessagingChannel) -> str:
    """Where messages of a channel come in; empty where none do."""
    if channel.queue_id is None:
        return ""
    return f"{settings.PUBLIC_URL}{reverse('receive-from-channel', args=[channel.key])}"
