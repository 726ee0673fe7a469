from django.apps import apps
from django.db import connection

PENDING = """
SELECT gin_clean_pending_list(index.oid)
FROM pg_class index JOIN pg_am method ON method.oid = index.relam
WHERE method.amname = 'gin' AND index.relkind = 'i'
  AND pg_table_is_visible(index.oid) AND pg_has_role(index.relowner, 'USAGE')
"""


def refresh_statistics() -> None:
    """Have PostgreSQL look at its tables anew after many rows came in, and put what is pending in its GIN indexes in
    its place.

    SQL because the ORM has no word for it. Autovacuum does the same, but up to a minute later, and until then the
    planner takes the tables for empty: scoring Olist right after its import took minutes instead of seconds. What is
    pending in an index is read from end to end by every search: some milliseconds each. MariaDB keeps its statistics
    up by itself; SQLite's plans here do not depend on them.

    Of the tables of models alone: without names ANALYZE locks the catalogue that all databases of a server share."""
    if connection.vendor == "postgresql":
        models = apps.get_models(include_auto_created=True)
        tables = sorted({connection.ops.quote_name(model._meta.db_table) for model in models if model._meta.managed})
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")
            cursor.execute(PENDING)
