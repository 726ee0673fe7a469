"""How much room a row of each large table takes, with its indexes: the demo company, five times as large as usual, on
PostgreSQL, freshly filled and vacuumed. What docs/scaling.md reckons with."""

import os
import sys
from io import StringIO

import django

SCALE = os.environ.get("CRM_BENCH_SCALE", "5")
# A table with fewer rows says more of its first pages than of its rows.
FEWEST = 2_000


def main() -> int:
    """Print one line a figure: `name value unit`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor != "postgresql":
        sys.stderr.write("this benchmark is about PostgreSQL: unset DATABASE_URL, or point it to one\n")
        return 1
    call_command("demo", "--scale", SCALE, "--json", stdout=StringIO())
    call_command("rescore", "--json", stdout=StringIO())
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (FULL, ANALYZE)")
        cursor.execute(
            """SELECT relname, reltuples::bigint, pg_total_relation_size(oid), pg_indexes_size(oid) FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= %s ORDER BY relname""",
            [FEWEST],
        )
        for table, rows, size, indexes in cursor.fetchall():
            print(f"size_{table} {size / rows:.0f} bytes/row")
            print(f"size_{table}_without_indexes {(size - indexes) / rows:.0f} bytes/row")
            print(f"size_{table}_rows {rows} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
