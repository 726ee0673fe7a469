"""Putting something on record: one INSERT, in the caller's transaction."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from customers.audit.origin import bulk_counts, origin
from customers.audit.values import Changes
from customers.choices import AuditKind, KeyPurpose
from customers.encryption.cipher import CannotDecrypt, authenticate, seal, seal_once, unseal, unseal_once
from customers.encryption.keyring import current_key, key_by_id

BOUND_TO = b"customers.AuditEntry.values"
# Columns that the signature of an entry covers. Not the key of its values: that may be destroyed, or wrapped anew.
SIGNED = ("kind", "verb", "model", "object_id", "actor_id", "channel", "address", "via", "customer_id",
          "other_customer_id", "values")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happening:
    """Something to be put on record. `changes` is {column: [old, new]}; `facts` is anything else that is worth
    knowing, such as the filter of an export. `customers`: whom it is about, two at most."""

    kind: str
    model: str
    object_id: str = ""
    customers: tuple[int, ...] = ()
    changes: Changes = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    verb: str = ""


def record(kind: str, row: Model, *, verb: str = "", changes: Changes | None = None, **facts: Any) -> None:
    """Put on record what was done to one row, whether or not its model is audited: for verbs whose doing no column of
    the row tells. Within `in_bulk` it is counted only."""
    whom = customers_of_row(row)
    record_all([Happening(kind, row._meta.label_lower, str(row.pk or ""), whom, changes or {}, facts, verb)])


def record_all(happenings: Sequence[Happening]) -> None:
    """Put several on record by one statement; within `in_bulk` they are counted only."""
    if not happenings:
        return
    counts = bulk_counts()
    if counts is not None:
        counts.update((one.model, one.kind) for one in happenings)
        return
    model: Any = apps.get_model("customers", "AuditEntry")
    model._base_manager.bulk_create([entry_of(model, one) for one in happenings])


def record_export(*, model: type[Model], rows: int, **facts: Any) -> None:
    """Put on record that a list left the house: its filter, columns, format and number of rows."""
    record_all([Happening(AuditKind.EXPORTED, model._meta.label_lower, facts={"rows": rows, **facts})])


def customers_of_row(row: Model) -> tuple[int, ...]:
    """Keys of the customers that a row is about, two at most: whose erasure makes its values unreadable."""
    told = getattr(row, "audit_customers", None)
    found = told() if told is not None else ()
    return tuple(dict.fromkeys(pk for pk in found if pk is not None))[:2]


def entry_of(model: Any, said: Happening) -> Any:
    """The row of the record, signed, with its values encrypted by a key of their own."""
    who, whom = origin(), (*said.customers, None, None)
    payload = {name: value for name, value in (("changes", said.changes), ("facts", said.facts)) if value}
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), default=str)
    values, key = seal_once(text.encode("utf-8", "replace"), bound_to=BOUND_TO)
    entry = model(
        at=timezone.now(),  # when it was put on record; facts carry their own time
        kind=said.kind,
        verb=(said.verb or who.verb)[:60],
        model=said.model,
        object_id=said.object_id,
        actor_id=who.actor_id,
        channel=who.channel,
        address=who.address[:45],
        via=who.via[:60],
        customer_id=whom[0],
        other_customer_id=whom[1],
        values=values,
    )
    entry.mac = signature(entry)
    entry.key = wrap(key, mac=entry.mac)
    return entry


def signature(entry: Any, *, key_id: int | None = None) -> str:
    """`key id.HMAC` over everything of an entry that must not change. It does not cover the row's own number, which
    nobody knows before the insert: that is what the seals are for."""
    number, key = current_key(KeyPurpose.AUDIT) if key_id is None else (key_id, key_by_id(key_id))
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    told = json.dumps([at, *(getattr(entry, name) for name in SIGNED)], separators=(",", ":"))
    return f"{number}.{authenticate(told, key=key)}"


def is_genuine(entry: Any) -> bool:
    """Whether an entry is as it was written."""
    number, dot, _digest = entry.mac.partition(".")
    if not dot or not number.isdigit():
        return False
    try:
        return bool(signature(entry, key_id=int(number)) == entry.mac)
    except CannotDecrypt:
        return False


def wrap(key: bytes, *, mac: str) -> str:
    """The key of an entry's values, encrypted by the current data key and bound to the entry's signature."""
    number, data_key = current_key(KeyPurpose.DATA)
    return f"{number}.{seal(key, key=data_key, bound_to=mac.encode())}"


def unwrap(token: str, *, mac: str) -> bytes:
    """The key of an entry's values. Raises CannotDecrypt."""
    number, _dot, body = token.partition(".")
    if not number.isdigit():
        raise CannotDecrypt("the key of this entry is not in the form `key id.ciphertext`")
    return unseal(body, key=key_by_id(int(number)), bound_to=mac.encode())


def values_of(entry: Any) -> dict[str, Any] | None:
    """{"changes": {column: [old, new]}, "facts": {...}}; None where the key was destroyed. Raises CannotDecrypt."""
    if not entry.key:
        return None
    text = unseal_once(entry.values, key=unwrap(entry.key, mac=entry.mac), bound_to=BOUND_TO)
    found: dict[str, Any] = json.loads(text)
    return found
