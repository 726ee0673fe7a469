"""What may be set up as a webhook."""

import re
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.choices import WebhookKind
from customers.models import Webhook
from customers.operations.webhook_events import events
from customers.wire.addresses import Allowed, Refused
from customers.wire.destination import destination

# What a header may be called, and what people may not set: what the connection is made of, and what we say ourselves.
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
RESERVED = {
    *("connection", "content-length", "content-type", "expect", "host", "keep-alive", "proxy-authenticate"),
    *("proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"),
}
MOST_HEADERS = 20
LONGEST_VALUE = 2000


def allowed() -> Allowed:
    """Where webhooks may go, by the settings of this machine."""
    return Allowed(ports=settings.WEBHOOK_PORTS, private_hosts=settings.WEBHOOK_PRIVATE_HOSTS)


def check_webhook(webhook: Webhook) -> dict[str, list[str]]:
    """What is wrong with it, by field. The host is not looked up: it is each time that something is sent."""
    problems: dict[str, list[str]] = {}
    if not webhook.name.strip():
        problems["name"] = [_("Give it a name.")]
    try:
        destination(webhook.url, allowed())
    except Refused as refused:
        problems["url"] = [_("This address cannot be used: %(reason)s.") % {"reason": refused}]
    known = {event.code for event in events()}
    chosen = webhook.events
    if not isinstance(chosen, list) or not {*map(str, chosen)} <= known:
        problems["events"] = [_("Choose from: %(known)s") % {"known": ", ".join(sorted(known))}]
    elif webhook.kind == WebhookKind.EVENTS and not chosen:
        problems["events"] = [_("Choose at least one event.")]
    return problems


def clean_headers(headers: Mapping[str, Any]) -> dict[str, str]:
    """Headers that may be sent. Raises ValidationError."""
    if len(headers) > MOST_HEADERS:
        raise ValidationError({"headers": [_("At most %(number)d headers.") % {"number": MOST_HEADERS}]})
    for name, value in headers.items():
        reserved = name.lower() in RESERVED or name.lower().startswith("x-candid-")
        if reserved or not HEADER_NAME.fullmatch(name):
            raise ValidationError({"headers": [_("The header “%(name)s” cannot be set.") % {"name": name[:100]}]})
        text = str(value)
        if len(text) > LONGEST_VALUE or not text.isascii() or not all(" " <= c <= "~" or c == "\t" for c in text):
            raise ValidationError(
                {"headers": [_("The value of “%(name)s” must be a line of ASCII text.") % {"name": name}]}
            )
    return {name: str(value) for name, value in headers.items()}
