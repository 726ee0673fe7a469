import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def upsert(model: type[Model], columns: dict[str, Sequence[Any]], *, key: Sequence[str], newest: str = "") -> None:
    """Insert rows given as columns (by attname). A row whose `key` exists is left as it is or, where `newest` names a
    column, overwritten unless that column is newer in the stored row.

    SQL, because `bulk_create(update_conflicts=True)` cannot say "unless newer", and checking first and writing after
    loses against a second run in between. On PostgreSQL the columns travel as arrays: one statement of constant
    length, four times as fast as VALUES with 130,000 parameters.
    """
    fields = [_field(model, attname) for attname in columns]
    if not columns or not len(next(iter(columns.values()))):
        return
    prepared = [_prepared(field, column) for field, column in zip(fields, columns.values(), strict=True)]
    names = [connection.ops.quote_name(str(field.column)) for field in fields]
    table = connection.ops.quote_name(model._meta.db_table)
    keys = [connection.ops.quote_name(str(_field(model, attname).column)) for attname in key]
    tail = _on_conflict(table, names, keys, connection.ops.quote_name(newest) if newest else "")
    head = f"INSERT INTO {table} ({', '.join(names)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
            cursor.execute(f"{head} SELECT * FROM unnest({arrays}) {tail}", prepared)  # noqa: S608 - names of a model
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"{head} VALUES ({marks}) {tail}", list(zip(*prepared, strict=True)))


def _field(model: type[Model], attname: str) -> "Field[Any, Any]":
    return next(field for field in model._meta.concrete_fields if field.attname == attname)


def _prepared(field: "Field[Any, Any]", column: Sequence[Any]) -> list[Any]:
    kind = field.get_internal_type()
    if kind == "JSONField":
        return [json.dumps(value) for value in column]
    if kind == "DateTimeField":
        return [connection.ops.adapt_datetimefield_value(value) for value in column]
    return list(column)


def _on_conflict(table: str, names: list[str], keys: list[str], newest: str) -> str:
    others = [name for name in names if name not in keys]
    if connection.vendor == "mysql":
        if not newest:
            return f"ON DUPLICATE KEY UPDATE {keys[0]} = {keys[0]}"
        # Assignments run from left to right, so the column that decides goes last.
        ordered = [name for name in others if name != newest] + [newest]
        return "ON DUPLICATE KEY UPDATE " + ", ".join(
            f"{name} = IF(VALUES({newest}) >= {newest}, VALUES({name}), {name})" for name in ordered
        )
    if not newest:
        return f"ON CONFLICT ({', '.join(keys)}) DO NOTHING"
    assignments = ", ".join(f"{name} = excluded.{name}" for name in others)
    return f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {assignments} WHERE excluded.{newest} >= {table}.{newest}"
