from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from customers.audit.origin import in_bulk
from customers.models import Customer
from customers.operations.emit import emit
from customers.operations.erase_files import erase_files
from customers.operations.erasure_hindrances import ErasureRefused, erasure_hindrances
from customers.operations.erasure_steps import Erasing, do_erasure_steps
from customers.operations.events_of_customers import ERASED, told_of
from customers.operations.forget_audit_values import forget_audit_values
from customers.operations.lock_customers import lock_customers
from customers.operations.move_rows import lock_rows
from customers.operations.old_values import old_values
from customers.operations.person_files import file_of, has_files
from customers.operations.plain_rows import next_version
from customers.operations.prove_erasure import prove_erasure, take_out
from customers.operations.redact import TOMBSTONE
from customers.operations.rows_about import by_keys, keys_about, model_of, person_ids
from customers.registry import Entry, entry_of, register_entries
from customers.registry.terms import OnErasure

CUSTOMER = Customer._meta.label


@transaction.atomic
def erase_person(*, customer: Customer, at: datetime) -> dict[str, Any]:
    """Erase a person, with whoever was merged into them (GDPR art. 17, PIPL art. 47): one transaction, after which the
    row is a tombstone that orders, tickets and facts still lead to, so that counts and sums stay true.

    Returns {"customers": how many rows were this person, "rows": {model label: {"deleted" | "treated": count}},
    "redacted": {column: count}, "files": count, "proof": see prove_erasure}: figures only. Raises ErasureRefused."""
    ids = person_ids(customer=customer)
    for pk in ids:
        lock_rows(pk)
    lock_customers(customer_ids=ids)
    customer.refresh_from_db()
    if hindrances := erasure_hindrances(customer=customer, ids=ids):
        raise ErasureRefused(" ".join(hindrances))
    with in_bulk():  # the record must not keep what goes: the request for the erasure says what was done
        done = _erase(ids, at)
    forget_audit_values(customer_id=customer.pk, at=at)
    customer.refresh_from_db(fields=["version"])
    emit(event=ERASED.code, subject=customer, data={**told_of(customer), "erased": ids}, at=at)
    return {"customers": len(ids), **done}


def _erase(ids: list[int], at: datetime) -> dict[str, Any]:
    entries = [entry for entry in register_entries() if entry.about]
    keys = {entry.model: keys_about(entry, ids) for entry in entries}
    erasing = Erasing(ids, {label: found for label, found in keys.items() if found}, old_values(ids=ids), at)
    rows = {label: _treat(entry_of(label), found, at) for label, found in erasing.keys.items()}
    steps = do_erasure_steps(erasing)
    redacted = take_out(erasing)
    files = erase_files(values=erasing.values)
    return {
        "rows": rows,
        "redacted": {**steps, **redacted},
        "files": len(files),
        "proof": prove_erasure(erasing=erasing, files_gone=files),
    }


def _treat(entry: Entry, keys: list[Any], at: datetime) -> dict[str, int]:
    """Delete the rows, or treat them column by column, as the register says."""
    if entry.is_deleted:
        return {"deleted": _delete(entry, keys)}
    if entry.model == CUSTOMER:
        for pk in keys:
            _make_tombstone(pk, at)
        return {"treated": len(keys)}
    changes, many = _changes(entry)
    if not changes and not many:
        return {"kept": len(keys)}
    for rows in by_keys(entry, keys):
        rows.update(**changes, **next_version(model_of(entry)))
    return {"treated": len(keys)}


def _delete(entry: Entry, keys: list[Any]) -> int:
    for rows in by_keys(entry, keys):
        for file in [file_of(row) for row in rows] if has_files(entry.model) else ():
            if file is not None:
                transaction.on_commit(partial(Path.unlink, file.path, missing_ok=True))
        rows.delete()
    return len(keys)


def _changes(entry: Entry) -> tuple[dict[str, Any], list[str]]:
    """What the columns become; the many-to-many ones, which are emptied, apart."""
    model: Any = model_of(entry)
    changes: dict[str, Any] = {}
    many: list[str] = []
    for column in entry.each():
        field = model._meta.get_field(column.name)
        if field.many_to_many and column.on_erasure == OnErasure.EMPTY:
            many.append(column.name)
        elif column.on_erasure == OnErasure.NULL:
            changes[column.name] = None
        elif column.on_erasure == OnErasure.TOMBSTONE:
            changes[column.name] = TOMBSTONE
        elif column.on_erasure == OnErasure.EMPTY:
            changes[column.name] = field.get_default() if callable(field.default) else ""
    return changes, many


def _make_tombstone(pk: int, at: datetime) -> None:
    changes, many = _changes(entry_of(CUSTOMER))
    row = Customer.objects.get(pk=pk)
    for name, value in changes.items():
        setattr(row, name, value)
    row.name = f"{TOMBSTONE} #{pk}"
    row.erased_at = at
    row.save_checked(update_fields=[*changes, "erased_at", "updated_at"])
    for name in many:
        getattr(row, name).clear()
    Customer.objects.filter(pk=pk).update(activity_version=F("activity_version") + 1, last_activity_at=at)
