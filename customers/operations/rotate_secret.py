import secrets
from datetime import datetime, timedelta

from django.db import transaction

from customers.models import Webhook

# How long the old secret goes on signing beside the new one.
OVERLAP = timedelta(hours=24)


@transaction.atomic
def rotate_secret(
    *, webhook: Webhook, at: datetime, expected_version: int | None = None, overlap: timedelta = OVERLAP
) -> str:
    """Give a webhook another secret and return it, this once. For `overlap` the old one signs as well.

    Raises StaleVersion."""
    webhook.refresh_from_db(from_queryset=Webhook.objects.select_for_update())
    webhook.require_version(expected_version)
    secret = new_secret()
    webhook.old_secret, webhook.old_secret_until = webhook.secret, at + overlap
    webhook.secret = secret
    webhook.save_checked(update_fields=["secret", "old_secret", "old_secret_until"])
    return secret


def new_secret() -> str:
    """256 random bits, as text."""
    return f"whsec_{secrets.token_urlsafe(32)}"
