from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from analytics.choices import IdentityKind
from analytics.models import EventIdentity, EventSource
from customers.choices import KeyPurpose
from customers.encryption.cipher import keyed_hash
from customers.encryption.keyring import current_key

# At most so many values in one IN (...): SQLite and MariaDB slow down or refuse beyond.
AT_ONCE = 500
Who = tuple[str, str]
"""Kind and key of an identity."""


@dataclass(slots=True)
class Known:
    """What recording needs of an identity."""

    id: int
    owner_id: int | None
    customer_id: int | None
    is_apart: bool = False
    is_new: bool = False


def key_index_of(source: EventSource, kind: str, key: str) -> str:
    """By which an identity is found: a keyed hash of source, kind and key."""
    _id, secret = current_key(KeyPurpose.INDEX)
    return _index(source, kind, key, secret)


def _index(source: EventSource, kind: str, key: str, secret: bytes) -> str:
    return keyed_hash(f"event:{source.pk}:{kind}:{key}", key=secret)


@transaction.atomic
def find_identities(*, source: EventSource, who: Collection[Who], at: datetime) -> dict[Who, Known]:
    """The identities of these kinds and keys in a source; those that are not known yet are made. A query for 500, and
    three more where some are new."""
    _id, secret = current_key(KeyPurpose.INDEX)
    indexes = {_index(source, kind, key, secret): (kind, key) for kind, key in who}
    known = _read(indexes)
    missing = sorted(indexes.keys() - known.keys())
    if missing:
        _make(source, {index: indexes[index] for index in missing}, at)
        found = _read(missing)
        for one in found.values():
            one.is_new = True
        known |= found
    return {indexes[index]: one for index, one in known.items()}


def _read(indexes: Iterable[str]) -> dict[str, Known]:
    listed = list(indexes)
    found: dict[str, Known] = {}
    for start in range(0, len(listed), AT_ONCE):
        rows = EventIdentity.objects.filter(key_index__among=listed[start : start + AT_ONCE]).order_by()
        for index, pk, owner, customer, link in rows.values_list("key_index", "pk", "owner_id", "customer_id", "link"):
            found[index] = Known(pk, owner, customer, link == "apart")
    return found


def _make(source: EventSource, missing: Mapping[str, Who], at: datetime) -> None:
    """In the order of their indexes, so that two who make the same never wait for each other in a circle."""
    rows = [
        EventIdentity(source=source, kind=kind, key=key, key_index=index, created_at=at)
        for index, (kind, key) in sorted(missing.items())
    ]
    EventIdentity.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
    indexes: Sequence[str] = sorted(missing)
    for start in range(0, len(indexes), AT_ONCE):
        new = EventIdentity.objects.filter(key_index__among=indexes[start : start + AT_ONCE], root=None)
        new.exclude(kind=IdentityKind.NOBODY).update(root=F("pk"))
