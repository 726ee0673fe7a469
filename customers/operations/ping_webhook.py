from datetime import datetime

from django.db import transaction

from customers.models import Webhook, WebhookDelivery
from customers.operations.webhook_events import PING


@transaction.atomic
def ping_webhook(*, webhook: Webhook, at: datetime) -> WebhookDelivery:
    """Send a test event. It waits for nothing but an earlier test; a paused webhook gets it when it is resumed."""
    return WebhookDelivery.objects.create(
        webhook=webhook,
        event=PING.code,
        lane=f"webhook:{webhook.pk}",
        object_type=PING.object_type,
        object_id=webhook.pk,
        path=PING.path.format(id=webhook.pk),
        at=at,
        due_at=at,
    )
