import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import IntegrityError, transaction

from customers.choices import KeyPurpose
from customers.encryption.cipher import authenticate
from customers.encryption.keyring import current_key, key_by_id
from customers.models import AuditEntry, AuditSeal
from customers.operations.audit_anchor import keep_anchor

logger = logging.getLogger(__name__)

# Entries that one seal names, and seals of one call: the beat comes again soon.
ENTRIES_AT_ONCE = 500
SEALS_AT_ONCE = 40


class _Raced(Exception):
    """Somebody else sealed the same entries just now."""


def seal_audit(*, at: datetime) -> int:
    """Put the entries that are not in the chain yet into it, in the order of their keys. Returns how many.

    Writers of entries never wait for each other: the chain is made here, behind them. May be lost, doubled or run twice
    at once: numbers of seals are unique, so one of two wins. An entry whose transaction ends later than that of its
    neighbours is in a later seal."""
    total, newest = 0, None
    for _ in range(SEALS_AT_ONCE):
        try:
            seal = _seal(at)
        except (IntegrityError, _Raced):
            break
        if seal is None:
            break
        total, newest = total + len(seal.entries), seal
        if len(seal.entries) < ENTRIES_AT_ONCE:
            break
    if newest is not None:
        keep_anchor(newest)
        logger.info("audit seal %s: %s", newest.number, newest.mac)  # a copy that the database cannot take back
    return total


@transaction.atomic
def _seal(at: datetime) -> AuditSeal | None:
    waiting = AuditEntry._base_manager.filter(seal=None)
    rows = list(waiting.order_by("pk").values_list("pk", "mac")[:ENTRIES_AT_ONCE])
    if not rows:
        return None
    last = AuditSeal.objects.order_by("-number").first()
    seal = AuditSeal(number=last.number + 1 if last else 1, at=at, entries=[pk for pk, _mac in rows])
    seal.mac = seal_signature(seal, before=last.mac if last else "", macs=[mac for _pk, mac in rows])
    seal.save(force_insert=True)
    if waiting.filter(pk__in=seal.entries).update(seal=seal) != len(rows):
        raise _Raced
    return seal


def seal_signature(seal: AuditSeal, *, before: str, macs: Sequence[str], key_id: int | None = None) -> str:
    """`key id.HMAC` over the number, the time, the link before, and key and mac of every entry."""
    number, key = current_key(KeyPurpose.AUDIT) if key_id is None else (key_id, key_by_id(key_id))
    at = seal.at.astimezone(UTC).isoformat(timespec="microseconds")
    entries = ",".join(f"{pk}:{mac}" for pk, mac in zip(seal.entries, macs, strict=True))
    return f"{number}.{authenticate(f'{seal.number}|{at}|{before}|{entries}', key=key)}"
