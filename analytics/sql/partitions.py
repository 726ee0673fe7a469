"""The months of the table of events on PostgreSQL."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection

TABLE = "analytics_event"
# Of the lock under which partitions are made: any number that nothing else uses.
LOCK = 0x6576656E7473


def partition_of(moment: datetime) -> str:
    """The name of the partition of a moment: analytics_event_2026_11."""
    day = moment.astimezone(UTC)
    return f"{TABLE}_{day:%Y_%m}"


def ensure_partitions(moments: Iterable[datetime]) -> None:
    """Make the months that are missing. Needs a transaction; on other databases there is one table, and nothing to do.

    SQL, since Django knows no partitions. The table is made apart and attached, which lets others read and write the
    table meanwhile (CREATE TABLE ... PARTITION OF would lock it against everybody)."""
    if connection.vendor != "postgresql":
        return
    wanted = {partition_of(moment): moment.astimezone(UTC) for moment in moments}
    with connection.cursor() as cursor:
        missing = wanted.keys() - _present(cursor, list(wanted))
        if not missing:
            return
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        missing -= _present(cursor, sorted(missing))  # made by somebody else meanwhile
        for name in sorted(missing):
            first = wanted[name].replace(day=1, hour=0, minute=0, second=0, microsecond=0)
            after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
            cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
            cursor.execute(
                f"ALTER TABLE {TABLE} ATTACH PARTITION {name} FOR VALUES FROM "
                f"('{first:%Y-%m-%d} 00:00+00') TO ('{after:%Y-%m-%d} 00:00+00')"
            )


def _present(cursor: object, names: list[str]) -> set[str]:
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = oid WHERE inhparent = %s::regclass"
        " AND relname = ANY(%s)",
        [TABLE, names],
    )
    return {name for (name,) in cursor.fetchall()}  # type: ignore[attr-defined]
