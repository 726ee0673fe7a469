from django.db import connection


def refresh_statistics() -> None:
    """Have PostgreSQL look at its tables anew after many rows came in.

    SQL because the ORM has no word for it. Autovacuum does the same, but up to a minute later, and until then the
    planner takes the tables for empty: scoring Olist right after its import took minutes instead of seconds. MariaDB
    keeps its statistics up by itself; SQLite's plans here do not depend on them."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
