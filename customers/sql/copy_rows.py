import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models import Field, Model

Row = TypeVar("Row", bound=Model)
Writer = Callable[[Any], str]

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
    writers = _writers(model)
    columns = ", ".join(connection.ops.quote_name(column) for column, _, _ in writers)
    table = connection.ops.quote_name(model._meta.db_table)
    # Before COPY begins: sealing a value may read its key, and the connection is busy from then on.
    lines = [_line(writers, row) for row in rows]
    copying = f"COPY {table} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(copying) as copy:
        for start in range(0, len(lines), LINES_AT_ONCE):
            copy.write("".join(lines[start : start + LINES_AT_ONCE]))
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return list(rows)


def _give_keys(model: type[Model], rows: Sequence[Model]) -> None:
    key: Any = model._meta.pk
    wanting = [row for row in rows if row.pk is None]
    if not wanting or not isinstance(key, models.AutoField | models.BigAutoField):
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [connection.ops.quote_name(model._meta.db_table), key.column, len(wanting)],
        )
        for row, (number,) in zip(wanting, cursor.fetchall(), strict=True):
            row.pk = number


def _line(writers: "Sequence[tuple[str, Writer, Field[Any, Any] | str]]", row: Model) -> str:
    values = row.__dict__
    return (
        "\t".join(
            [
                write(values[source]) if type(source) is str else write(source.pre_save(row, add=True))  # type: ignore[union-attr]
                for _, write, source in writers
            ]
        )
        + "\n"
    )


@cache
def _writers(model: type[Model]) -> "list[tuple[str, Writer, Field[Any, Any] | str]]":
    """Of each column: its name, how a value is written, and where that comes from: the row, or the field's pre_save
    where it has one of its own."""
    found: list[tuple[str, Writer, Field[Any, Any] | str]] = []
    for field in model._meta.concrete_fields:
        has_hook = type(field).pre_save is not Field.pre_save and not _is_plain(field)
        found.append((str(field.column), _writer_of(field), field if has_hook else field.attname))
    return found


def _is_plain(field: Any) -> bool:
    """A date field has a hook that does nothing unless the field sets itself."""
    return isinstance(field, models.DateField) and not (field.auto_now or field.auto_now_add)


def _writer_of(field: Any) -> Writer:
    if isinstance(field, models.JSONField):
        return _json
    if isinstance(field, models.DateField):  # of which DateTimeField is one
        return _moment
    if isinstance(field, models.BooleanField):
        return _yes_no
    if isinstance(field, models.CharField | models.TextField):
        return _text
    return _plain


def _text(value: Any) -> str:
    if value is None:
        return NULL
    text: str = value if type(value) is str else str(getattr(value, "token", value))  # Sealed shows nothing of itself
    return text if text.isprintable() and "\\" not in text else text.translate(SPECIAL)


def _plain(value: Any) -> str:
    """Numbers and UUIDs."""
    return NULL if value is None else str(value)


def _yes_no(value: Any) -> str:
    return NULL if value is None else "t" if value else "f"


def _json(value: Any) -> str:
    return NULL if value is None else json.dumps(value, cls=DjangoJSONEncoder).translate(SPECIAL)


@lru_cache(maxsize=64)
def _moment(value: datetime | date | None) -> str:
    return NULL if value is None else value.isoformat()  # most rows of a batch share theirs
