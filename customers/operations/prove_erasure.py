"""Take an erased person out of texts that mention them, and prove that nothing is left."""

from collections.abc import Container, Sequence
from typing import Any

from django.db.models import JSONField

from customers.models import ContactPoint
from customers.operations.erasure_steps import Erasing
from customers.operations.find_values import TextColumn, find_values, text_columns
from customers.operations.redact import redact
from customers.registry import entry_of
from customers.registry.terms import Pii

# Columns in which a text may be replaced: they hold what people typed.
TYPED = (Pii.DIRECT, Pii.FREE)


def take_out(erasing: Erasing) -> dict[str, int]:
    """Put a tombstone in place of addresses, numbers and identifiers of the person wherever somebody typed them, and of
    their names in rows about them. Somebody else may have the same name: elsewhere names stay. Returns how many rows
    changed, by column."""
    changed: dict[str, int] = {}
    for column in text_columns():
        if not _is_typed(column):
            continue
        about = set(erasing.keys.get(column.model._meta.label, ()))
        certain = find_values(column=column, values=erasing.values.certain)
        named = [pk for pk in find_values(column=column, values=erasing.values.names) if pk in about] if about else []
        count = redact(column=column, keys=certain, values=erasing.values.certain)
        count += redact(column=column, keys=named, values=erasing.values.names)
        if count:
            changed[column.name] = count
    return changed


def prove_erasure(*, erasing: Erasing, files_gone: Sequence[str]) -> dict[str, Any]:
    """Look through every column of text, JSON or bytes, declared as personal or not, for the old values.

    {"columns": how many were looked through, "values": how many values were looked for, "found": {column: rows} in
    which one still stands, "same_name": {column: rows} of others in which the same name stands, "shared": ways to
    reach them that reach somebody else as well, and were left there, "is_clean": nothing was found}."""
    values, found, same_name, columns = erasing.values, dict[str, int](), dict[str, int](), 0
    for column in text_columns():
        columns += 1
        about: Container[Any] = set(erasing.keys.get(column.model._meta.label, ()))
        left = set(find_values(column=column, values=values.certain))
        named = find_values(column=column, values=values.names)
        left |= {pk for pk in named if pk in about}
        others = [pk for pk in named if pk not in about]
        if left:
            found[column.name] = len(left)
        if others:
            same_name[column.name] = len(others)
    reached = ContactPoint.objects.filter(blind_index__in=values.indexes).count()
    if reached:
        found[f"{ContactPoint._meta.label}.value"] = reached
    return {
        "columns": columns + 1,
        "values": len(values.certain) + len(values.names),
        "found": found,
        "same_name": same_name,
        "shared": values.shared,
        "is_clean": not found,
    }


def _is_typed(column: TextColumn) -> bool:
    try:
        entry = entry_of(column.model._meta.label)
    except KeyError:
        return False
    if not column.is_plain and not isinstance(column.field, JSONField):  # words of tickets follow from the texts
        return False
    return any(row.name == column.field.name and row.pii in TYPED for row in entry.each())
