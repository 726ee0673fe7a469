from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def upsert(model: type[Model], columns: dict[str, Sequence[Any]], *, key: Sequence[str], newest: str = "") -> None:
    """Insert rows given as columns, by attname; JSON as text. A row whose `key` exists is left as it is or, where
    `newest` names a column, overwritten unless that column is newer in the stored row. Needs a transaction.

    SQL, because `bulk_create(update_conflicts=True)` cannot say "unless newer", and checking first and writing after
    loses against a second run in between. On PostgreSQL the rows come by COPY: measured with 5,000 scores, 0.25 s
    against 0.57 s as arrays in one INSERT and more with VALUES.
    """
    if not columns or not len(next(iter(columns.values()))):
        return
    fields = [_field(model, attname) for attname in columns]
    rows = list(zip(*(_prepared(*pair) for pair in zip(fields, columns.values(), strict=True)), strict=True))
    names = [connection.ops.quote_name(str(field.column)) for field in fields]
    keys = [connection.ops.quote_name(str(_field(model, attname).column)) for attname in key]
    table = connection.ops.quote_name(model._meta.db_table)
    on_conflict = _on_conflict(table, names, keys, connection.ops.quote_name(newest) if newest else "")
    if connection.vendor == "postgresql":
        _copy(table, names, rows, on_conflict)
        return
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) {on_conflict}",  # noqa: S608 - names of a model
            rows,
        )


def _copy(table: str, names: list[str], rows: list[tuple[Any, ...]], on_conflict: str) -> None:
    """PostgreSQL: COPY knows no conflicts, so the rows go through a temporary table."""
    listed = ", ".join(names)
    with connection.cursor() as cursor:
        # AS SELECT, not LIKE: that would take over NOT NULL of columns that are not given.
        cursor.execute(
            f"CREATE TEMPORARY TABLE given ON COMMIT DROP AS SELECT {listed} FROM {table} WITH NO DATA"  # noqa: S608
        )
        with cursor.copy(f"COPY given ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM given {on_conflict}")  # noqa: S608
        cursor.execute("DROP TABLE given")


def _field(model: type[Model], attname: str) -> "Field[Any, Any]":
    return next(field for field in model._meta.concrete_fields if field.attname == attname)


def _prepared(field: "Field[Any, Any]", column: Sequence[Any]) -> list[Any]:
    if field.get_internal_type() == "DateTimeField":
        adapt = connection.ops.adapt_datetimefield_value  # looked up once: it takes longer than the call
        return [adapt(value) for value in column]
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
