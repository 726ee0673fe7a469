from datetime import datetime

from django.db import transaction

from customers.models import Webhook


@transaction.atomic
def resume_webhook(*, webhook: Webhook, at: datetime, expected_version: int | None = None) -> Webhook:
    """Go on with a webhook that was paused: what waits is sent, and failures are counted anew.

    Raises StaleVersion."""
    webhook.refresh_from_db(from_queryset=Webhook.objects.select_for_update())
    webhook.require_version(expected_version)
    webhook.paused_at = webhook.held_until = webhook.failing_since = None
    webhook.failures = 0
    return webhook.save_checked(update_fields=["paused_at", "held_until", "failing_since", "failures"])
