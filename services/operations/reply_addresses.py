"""The address by which an answer finds its ticket: `support+1234.k3jx…@example.com`, signed, so that nobody writes into
a ticket whose number they guess."""

import base64
import hashlib
import hmac
import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from services.models import Mailbox, Ticket

SALT = "services.mail.reply"
# 80 bits: nobody guesses them by mail, and the local part stays below its 64 characters for all but odd addresses.
SIGNATURE_BYTES = 10
MOST_IN_LOCAL_PART = 64
_TAGGED = re.compile(r"^[^@\s]*\+(?P<key>\d{1,18})\.(?P<signature>[a-z2-7]{16})@[^@\s]+$", re.IGNORECASE)


def reply_address(ticket: Ticket, mailbox: Mailbox) -> str:
    """Where an answer about this ticket goes. The mailbox's own address where the long one would be no address."""
    name, _at, domain = mailbox.address.rpartition("@")
    tagged = f"{name}+{ticket.pk}.{_signature(ticket.pk)}"
    return f"{tagged}@{domain}" if len(tagged) <= MOST_IN_LOCAL_PART else mailbox.address


def ticket_of_address(address: str) -> Ticket | None:
    """The ticket whose signed reply address this is; None for any other address. Compared in constant time, whatever
    became of capital letters on the way."""
    found = _TAGGED.match(address.strip())
    if found is None:
        return None
    key, signature = int(found["key"]), found["signature"].lower()
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)  # answers to mail of before still arrive
    if not any([constant_time_compare(signature, _signature(key, secret)) for secret in secrets]):
        return None
    return Ticket.objects.filter(pk=key).first()


def house_id() -> str:
    """What this installation writes into its mail (X-Candid-House), so that it knows its own when it comes back."""
    return hmac.new(settings.SECRET_KEY.encode(), b"services.mail.house", hashlib.sha256).hexdigest()[:24]


def _signature(key: int, secret: str | bytes | None = None) -> str:
    digest = salted_hmac(SALT, str(key), secret, algorithm="sha256").digest()[:SIGNATURE_BYTES]
    return base64.b32encode(digest).decode().lower()
