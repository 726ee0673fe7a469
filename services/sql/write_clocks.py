"""Clock columns of many tickets at once, each only where the ticket is still at the version that was read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from services.models import Ticket

ROWS_AT_ONCE = 200
NULL = "\\N"

Row = tuple[Any, ...]
"""Key and version of a ticket, then the values of the columns."""


def write_clocks(columns: Sequence[str], rows: Sequence[Row]) -> set[int]:
    """Write the rows; returns the keys of those that were written. A ticket that a verb changed since it was read is
    left out: its verb has computed its clocks. Needs a transaction.

    SQL, because a million tickets by bulk_update are a million branches of CASE: PostgreSQL takes the same rows by
    COPY into a table of the transaction, and one UPDATE joins them. Elsewhere bulk_update does it."""
    if not rows:
        return set()
    return _copy(columns, rows) if connection.vendor == "postgresql" else _update(columns, rows)


def _copy(columns: Sequence[str], rows: Sequence[Row]) -> set[int]:
    quote = connection.ops.quote_name
    table = quote(Ticket._meta.db_table)
    names = [quote(name) for name in columns]
    shape = ", ".join(["id", "version", *names])
    given = "".join("\t".join(map(_text, row)) + "\n" for row in rows)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS new_clocks")
        cursor.execute(
            f"CREATE TEMPORARY TABLE new_clocks ON COMMIT DROP AS SELECT {shape} FROM {table} WITH NO DATA"  # noqa: S608 - names of columns
        )
        with connection.wrap_database_errors, cursor.copy(f"COPY new_clocks ({shape}) FROM STDIN") as copy:
            copy.write(given)
        told = ", ".join(f"{name} = new_clocks.{name}" for name in names)
        # In key order, so that two who write at once never wait for each other in a circle.
        cursor.execute(
            f"SELECT t.id FROM {table} t JOIN new_clocks USING (id, version) ORDER BY t.id FOR UPDATE OF t"  # noqa: S608
        )
        cursor.execute(
            f"UPDATE {table} t SET {told} FROM new_clocks "  # noqa: S608
            "WHERE t.id = new_clocks.id AND t.version = new_clocks.version RETURNING t.id"
        )
        return {pk for (pk,) in cursor.fetchall()}


def _text(value: Any) -> str:
    if value is None:
        return NULL
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _update(columns: Sequence[str], rows: Sequence[Row]) -> set[int]:
    written: set[int] = set()
    for start in range(0, len(rows), ROWS_AT_ONCE):
        wanted = {(row[0], row[1]): row[2:] for row in rows[start : start + ROWS_AT_ONCE]}
        locked = Ticket.objects.filter(pk__in=[pk for pk, _version in wanted]).select_for_update().order_by("pk")
        found = [key for key in locked.values_list("pk", "version") if key in wanted]
        tickets = [Ticket(pk=pk, **dict(zip(columns, wanted[pk, version], strict=True))) for pk, version in found]
        Ticket.objects.bulk_update(tickets, list(columns), batch_size=ROWS_AT_ONCE)
        written.update(pk for pk, _version in found)
    return written
