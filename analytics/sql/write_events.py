from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

COLUMNS = "id, at, identity_id, session, recorded_at, name_id, source_id, properties"
_NULL = "\\N"
_SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class EventRow(NamedTuple):
    """A row of the table of events, in the order of its columns; properties as JSON."""

    id: UUID
    at: datetime
    identity_id: int
    session: int | None
    recorded_at: datetime
    name_id: int
    source_id: int
    properties: str


def write_events(rows: Sequence[EventRow]) -> int:
    """Insert events; one that is there already stays as it is. Returns how many were new. Needs a transaction, and on
    PostgreSQL the partitions.

    SQL, because bulk_create spends longer on building statements than the server on taking the rows, and does not tell
    how many it took. On PostgreSQL rows come by COPY, as text, through a temporary table, since COPY knows no
    conflicts."""
    if not rows:
        return 0
    if connection.vendor == "postgresql":
        return _copied(rows)
    marks = ", ".join(["%s"] * len(EventRow._fields))
    verb = "INSERT OR IGNORE" if connection.vendor == "sqlite" else "INSERT IGNORE"
    moment = connection.ops.adapt_datetimefield_value
    key = (lambda found: found.hex) if not connection.features.has_native_uuid_field else str
    with connection.cursor() as cursor:
        cursor.executemany(
            f"{verb} INTO analytics_event ({COLUMNS}) VALUES ({marks})",
            [
                (key(row.id), moment(row.at), row.identity_id, row.session, moment(row.recorded_at), *row[5:])
                for row in rows
            ],
        )
        return int(cursor.rowcount)


def _copied(rows: Sequence[EventRow]) -> int:
    text = "".join(
        f"{row.id}\t{row.at.isoformat()}\t{row.identity_id}\t{_NULL if row.session is None else row.session}\t"
        f"{row.recorded_at.isoformat()}\t{row.name_id}\t{row.source_id}\t{row.properties.translate(_SPECIAL)}\n"
        for row in rows
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE new_events ON COMMIT DROP AS SELECT {COLUMNS} FROM analytics_event WITH NO DATA"  # noqa: S608 - names of columns
        )
        with cursor.copy(f"COPY new_events ({COLUMNS}) FROM STDIN") as copy:
            copy.write(text)
        cursor.execute(
            f"INSERT INTO analytics_event ({COLUMNS}) SELECT {COLUMNS} FROM new_events ORDER BY id"  # noqa: S608
            " ON CONFLICT (id, at) DO NOTHING"
        )
        created = int(cursor.rowcount)
        cursor.execute("DROP TABLE new_events")
    return created
