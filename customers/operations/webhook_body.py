"""What is sent to a webhook."""

import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from customers.models import Webhook, WebhookDelivery
from customers.wire.signature import signature_header

AGENT = "Candid-Webhook/1"


def webhook_request(*, delivery: WebhookDelivery, at: datetime) -> tuple[str, bytes, dict[str, str]]:
    """(address, body, headers) of a delivery, signed at `at`. The body of a delivery is the same each time it is sent;
    the signature is not. Raises CannotDecrypt."""
    hook = delivery.webhook
    body = delivery.content.encode() if delivery.content else json.dumps(document(delivery)).encode()
    timestamp = int(at.timestamp())
    headers = {
        **json.loads(hook.headers),
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": AGENT,
        "X-Candid-Event": delivery.event,
        "X-Candid-Delivery": str(delivery.key),
        "X-Candid-Attempt": str(delivery.attempts),
        "X-Candid-Signature": signature_header(secrets=secrets_in_force(hook, at), timestamp=timestamp, body=body),
    }
    return hook.url, body, headers


def document(delivery: WebhookDelivery) -> dict[str, Any]:
    """The JSON of an event. `sequence` grows from each to the next about the same row."""
    return {
        "id": str(delivery.key),
        "sequence": delivery.pk,
        "event": delivery.event,
        "at": delivery.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "object": {
            "type": delivery.object_type,
            "id": delivery.object_id,
            "url": f"{settings.PUBLIC_URL}/api/v1/{delivery.path}",
        },
        "data": delivery.data,
    }


def secrets_in_force(hook: Webhook, at: datetime) -> list[str]:
    """The secret and, while it is being replaced, the one before."""
    is_overlapping = hook.old_secret and hook.old_secret_until and at < hook.old_secret_until
    return [hook.secret, hook.old_secret] if is_overlapping else [hook.secret]
