import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Field, Model

Row = TypeVar("Row", bound=Model)
Reader = Callable[[Sequence[Any]], list[Any]]
Writer = Callable[[list[Any]], list[str]]

SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NULL = "\\N"
LINES_AT_ONCE = 500


def can_copy() -> bool:
    """Whether the database takes rows by COPY."""
    return connection.vendor == "postgresql"


def copy_rows(model: type[Row], rows: Sequence[Row]) -> list[Row]:
    """Insert new rows into PostgreSQL by COPY; returns them with their keys. Needs a transaction; all or none.

    SQL because nothing else comes near: bulk_create spends ten times as long on building statements as the server
    needs to take the rows. Values are written as the fields' `pre_save` leaves them, so encrypted columns are sealed
    and folded names folded; no other hook of a field is asked, which suits the field types of this project (checked
    by a test that compares the two ways)."""
    if not rows:
        return []
    _give_keys(model, rows)
    columns = _columns(model)
    names = ", ".join(connection.ops.quote_name(name) for name, _, _ in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    # Before COPY begins: sealing a value may read its key, and the connection is busy from then on.
    values = [read(rows) for _, read, _ in columns]
    copying = f"COPY {table} ({names}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copying) as copy:
        for start in range(0, len(rows), LINES_AT_ONCE):  # the server takes some while the next are made
            some = slice(start, start + LINES_AT_ONCE)
            texts = [write(of_rows[some]) for (_, _, write), of_rows in zip(columns, values, strict=True)]
            copy.write("".join([f"{line}\n" for line in map("\t".join, zip(*texts, strict=True))]))
    alias = connection.alias
    for row in rows:
        row._state.adding, row._state.db = False, alias
    return list(rows)


def _give_keys(model: type[Model], rows: Sequence[Model]) -> None:
    key: Any = model._meta.pk
    if not isinstance(key, models.AutoField | models.BigAutoField):
        return
    wanting = [row for row in rows if getattr(row, key.attname) is None]
    if not wanting:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [connection.ops.quote_name(model._meta.db_table), key.column, len(wanting)],
        )
        for row, (number,) in zip(wanting, cursor.fetchall(), strict=True):
            setattr(row, key.attname, number)


@cache
def _columns(model: type[Model]) -> list[tuple[str, Reader, Writer]]:
    """Of each column: its name, how its values are read off the rows, and how they are written."""
    return [(str(field.column), _reader_of(field), _writer_of(field)) for field in model._meta.concrete_fields]


def _reader_of(field: Any) -> Reader:
    """The values as they stand in the rows, or as the field's pre_save leaves them where it has one of its own."""
    if type(field).pre_save is Field.pre_save or _is_plain(field):
        name = field.attname
        return lambda rows: [row.__dict__[name] for row in rows]
    return lambda rows: [field.pre_save(row, add=True) for row in rows]


def _is_plain(field: Any) -> bool:
    """A date field has a hook that does nothing unless the field sets itself."""
    return isinstance(field, models.DateField) and not (field.auto_now or field.auto_now_add)


def _writer_of(field: Any) -> Writer:
    if isinstance(field, models.JSONField):
        return lambda values: [_json(value) for value in values]
    if isinstance(field, models.DateField):  # of which DateTimeField is one
        return lambda values: [_moment(value) for value in values]
    if isinstance(field, models.BooleanField):
        return lambda values: [NULL if value is None else "t" if value else "f" for value in values]
    if isinstance(field, models.CharField | models.TextField):
        return _texts
    if isinstance(field, models.UUIDField):
        return lambda values: [NULL if value is None else value.hex for value in values]
    return lambda values: [NULL if value is None else str(value) for value in values]


def _texts(values: list[Any]) -> list[str]:
    """Looked at as one: hardly a batch holds what must be written otherwise."""
    try:
        together = "".join(values)
    except TypeError:  # there are nulls, or sealed values
        together = "\\"
    return values if together.isprintable() and "\\" not in together else [_text(value) for value in values]


def _text(value: Any) -> str:
    if value is None:
        return NULL
    text: str = value if type(value) is str else str(getattr(value, "token", value))  # Sealed shows nothing of itself
    return text if text.isprintable() and "\\" not in text else text.translate(SPECIAL)


def _json(value: Any) -> str:
    if value == {}:
        return "{}"
    return NULL if value is None else json.dumps(value, cls=DjangoJSONEncoder).translate(SPECIAL)


@lru_cache(maxsize=64)
def _moment(value: datetime | date | None) -> str:
    return NULL if value is None else value.isoformat()  # most rows of a batch share theirs
