from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from customers.choices import WebhookKind
from customers.models import User, Webhook
from customers.operations.rotate_secret import new_secret
from customers.operations.write_webhook import write_webhook
from services.messaging import ADAPTERS
from services.messaging.generic import USUAL
from services.models import MessagingChannel

LONGEST_PATH = 200


@dataclass(frozen=True, slots=True)
class Written:
    """A channel and the secrets that were made with it, shown once: of what goes out, and of what comes in."""

    channel: MessagingChannel
    secret: str = ""
    inbound_secret: str = ""


@transaction.atomic
def write_channel(
    *,
    channel: MessagingChannel,
    changes: Mapping[str, Any],
    by: User,
    at: datetime,
    expected_version: int | None = None,
) -> Written:
    """Make a messaging channel, or change one: `name`, `adapter`, `queue`, `signature`, `prefix`, `mapping`,
    `is_active`; and `url` and `headers` of where it sends to (an empty url: it sends nothing).

    Raises ValidationError, StaleVersion."""
    is_new = channel._state.adding
    if not is_new:
        channel.refresh_from_db(from_queryset=MessagingChannel.objects.select_for_update())
        channel.require_version(expected_version)
    given = dict(changes)
    outward: dict[str, Any] = {name: given.pop(name) for name in ("url", "headers") if name in given}
    for name, value in given.items():
        setattr(channel, name, value)
    if is_new and not channel.prefix:
        channel.prefix = f"{slugify(channel.name, allow_unicode=True)[:39]}:"
    check_channel(channel)
    inbound = ""
    if channel.queue_id is not None and channel.inbound_secret is None:
        inbound = channel.inbound_secret = new_secret()
    secret = _write_webhook(channel, outward, by, at)
    channel.full_clean()
    if is_new:
        channel.save(force_insert=True)
    else:
        channel.save_checked(update_fields=[*given, "webhook", "inbound_secret"])
    return Written(channel, secret, inbound)


def check_channel(channel: MessagingChannel) -> None:
    """Raise ValidationError where it cannot be set up like that."""
    adapter = ADAPTERS.get(channel.adapter)
    if adapter is None:
        raise ValidationError({"adapter": [_("Choose one of: %(known)s") % {"known": ", ".join(ADAPTERS)}]})
    if channel.queue_id is not None and adapter.read is None:
        raise ValidationError({"queue": [_("This messenger only takes messages: nothing comes in from it.")]})
    mapping = channel.mapping
    are_paths = isinstance(mapping, dict) and all(
        isinstance(path, str) and 0 < len(path) <= LONGEST_PATH for path in mapping.values()
    )
    if not are_paths or not {*mapping} <= {*USUAL}:
        known = ", ".join(USUAL)
        raise ValidationError({"mapping": [_("Say where these stand, each as a path: %(known)s") % {"known": known}]})


def _write_webhook(channel: MessagingChannel, outward: dict[str, Any], by: User, at: datetime) -> str:
    """Make, change or switch off the webhook behind the channel; returns the secret of a new one."""
    if not outward:
        return ""
    webhook = channel.webhook
    if not outward.get("url", webhook.url if webhook else ""):
        if webhook is not None:
            channel.webhook = None
            webhook.delete()  # with what waits; the channel's column is emptied with it
        return ""
    made = webhook or Webhook(kind=WebhookKind.CHANNEL)
    channel.webhook, secret = write_webhook(webhook=made, changes={"name": channel.name, **outward}, by=by, at=at)
    return secret
