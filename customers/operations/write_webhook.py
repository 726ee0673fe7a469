import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from customers.models import User, Webhook
from customers.operations.check_webhook import allowed, check_webhook, clean_headers
from customers.operations.emit import forget_heard
from customers.operations.rotate_secret import new_secret
from customers.wire.destination import destination


@transaction.atomic
def write_webhook(
    *,
    webhook: Webhook,
    changes: Mapping[str, Any],
    by: User,
    at: datetime,
    expected_version: int | None = None,
) -> tuple[Webhook, str]:
    """Make a webhook, or change one: `name`, `url`, `events`, `team`, `is_active`, `headers` (a dict). Whoever saves it
    owns it from then on: it is told no more than they may see. Returns it with its secret where it is new, else with an
    empty text; the secret is shown once.

    Raises ValidationError, StaleVersion."""
    is_new = webhook._state.adding
    if not is_new:
        webhook.refresh_from_db(from_queryset=Webhook.objects.select_for_update())
        webhook.require_version(expected_version)
    given = dict(changes)
    if "headers" in given:
        webhook.headers = json.dumps(clean_headers(given.pop("headers")))
    for name, value in given.items():
        setattr(webhook, name, value)
    webhook.owner = by
    problems = check_webhook(webhook)
    if problems:
        raise ValidationError(problems)
    webhook.host = destination(webhook.url, allowed()).host
    secret = ""
    if is_new:
        secret = webhook.secret = new_secret()
        webhook.created_at = at
        webhook.save(force_insert=True)
    else:
        names = [*given, "owner", "host", *(["headers"] if "headers" in changes else [])]
        webhook.save_checked(update_fields=names)
    forget_heard()
    return webhook, secret
