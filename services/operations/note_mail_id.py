import hashlib
import re
from datetime import datetime

from services.models import Mailbox, MailId, Message, Ticket

_BRACKETED = re.compile(r"<\s*([^<>\s]+)\s*>")
LONGEST = 900


def bracketed(value: str) -> str:
    """A Message-ID in the one form in which it is kept and compared: between angle brackets, no spaces; empty where
    there is none."""
    found = _BRACKETED.search(value)
    inner = found[1] if found else value.strip().strip("<>")
    inner = "".join(inner.split())[:LONGEST]
    return f"<{inner}>" if inner else ""


def digest_of(value: str) -> str:
    """The SHA-256 under which a Message-ID is found."""
    return hashlib.sha256(bracketed(value).encode("utf-8", "surrogatepass")).hexdigest()


def note_mail_id(
    *,
    value: str,
    ticket: Ticket,
    message: Message | None,
    is_ours: bool,
    at: datetime,
    mailbox: Mailbox | None = None,
    address: str | None = None,
) -> MailId:
    """Put down that a mail with this Message-ID belongs to a ticket, and to a message where it became one. `mailbox`:
    through which it came or went; `address`: of a customer's mail, where it came from: the next answer goes there.
    One that is known already stays as it is."""
    row, _created = MailId.objects.get_or_create(
        digest=digest_of(value),
        defaults={
            "value": bracketed(value),
            "ticket": ticket,
            "message": message,
            "is_ours": is_ours,
            "mailbox": mailbox,
            "address": address,
            "at": at,
        },
    )
    return row
