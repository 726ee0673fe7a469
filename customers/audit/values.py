"""Old and new values as JSON takes them, and what of a row is put on record at all."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Field, JSONField, Model
from django.db.models.expressions import BaseExpression

from customers.encryption.fields import EncryptedTextField, Sealed, open_text

# Kept in step by the programs themselves; what a person changed shows elsewhere.
ALWAYS_LEFT_OUT = frozenset({"version", "updated_at", "created_at"})
HIDDEN = "•••"
COMPUTED = "(computed)"
# Of a longer text the beginning is kept, its length and its SHA-256.
LONGEST = 2_000

Changes = dict[str, list[Any]]
"""{column: [old, new]}"""


def recorded_fields(model: type[Model], names: Iterable[str] | None = None) -> "list[Field[Any, Any]]":
    """The columns of an audited model that are put on record: all, or those of `names`."""
    left_out = ALWAYS_LEFT_OUT | model.audit_leaves_out  # type: ignore[attr-defined]
    wanted = None if names is None else set(names)
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key
        and field.name not in left_out
        and (wanted is None or field.name in wanted or field.attname in wanted)
    ]


def stood(row: Model) -> dict[str, Any]:
    """The columns of a row as they are now, by attribute name (among what else it holds): what a later save is compared
    with. Quick, since every row that is read is remembered. JSON is copied, since it is changed in place."""
    now = row.__dict__.copy()
    for name in _json_columns(type(row)):
        if name in now:
            now[name] = _copied(now[name])
    return now


@cache
def _json_columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if isinstance(field, JSONField))


def differences(row: Model, before: dict[str, Any], names: Iterable[str] | None) -> Changes:
    """What `row` has now that differs from `before`, in the columns of `names` (None: all)."""
    changes: Changes = {}
    for field in recorded_fields(type(row), names):
        if field.attname not in row.__dict__:
            continue
        old, new = before.get(field.attname), row.__dict__[field.attname]
        if old is new or (isinstance(old, Sealed) and isinstance(new, Sealed) and old.token == new.token):
            continue
        pair = [plain(field, old, row), plain(field, new, row)]
        if pair[0] != pair[1]:
            changes[field.name] = _hidden(row, field.name, pair)
    return changes


def contents(row: Model, *, gone: bool = False) -> Changes:
    """All that a new row has, or one that was deleted had: empty columns are left out."""
    changes: Changes = {}
    for field in recorded_fields(type(row)):
        value = plain(field, row.__dict__.get(field.attname), row)
        if value not in (None, "", [], {}):
            changes[field.name] = _hidden(row, field.name, [value, None] if gone else [None, value])
    return changes


def plain(field: "Field[Any, Any]", value: Any, row: Model) -> Any:
    """One value as JSON takes it; an encrypted one is opened."""
    if isinstance(value, Sealed):
        value = open_text(value, bound_to=field.bound_to(row)) if isinstance(field, EncryptedTextField) else HIDDEN
    if isinstance(value, BaseExpression) or hasattr(value, "resolve_expression"):
        return COMPUTED
    if isinstance(value, str | int | Decimal | float | datetime | date) and not isinstance(value, bool):
        value = field.to_python(value)  # a number given as text is no change
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.astimezone(UTC)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return f"({len(value)} bytes)"
    return _short(value) if isinstance(value, str) else value


def _short(text: str) -> str:
    if len(text) <= LONGEST:
        return str(text)
    return f"{text[:LONGEST]}… ({len(text)}, {sha256(text.encode(errors='replace')).hexdigest()})"


def _hidden(row: Model, name: str, pair: list[Any]) -> list[Any]:
    """A secret shows that it changed, and nothing of itself."""
    if name not in row.audit_hides:  # type: ignore[attr-defined]
        return pair
    return [HIDDEN if value else value for value in pair]


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(one) for name, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value
