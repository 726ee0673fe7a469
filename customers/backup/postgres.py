"""PostgreSQL: pg_dump within an exported snapshot, in which the figures are taken as well."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext_lazy
from psycopg.pq import TransactionStatus

from customers.backup.engine import Snapshot
from customers.backup.manifest import Contents
from customers.backup.server import Server, first_column
from customers.backup.tools import environment, feed, output_of, tool

PACKAGE = "postgresql-client"
# What libpq calls the parameters of a connection in the environment, where nobody else can read them.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "connect_timeout": "PGCONNECT_TIMEOUT",
}
GRANT = gettext_lazy(
    "The account of the database may not make one to try the backup in. As an administrator of the server: "
    'ALTER ROLE "%(user)s" CREATEDB; or set CRM_BACKUP_TRY_URL to a server and an account that may.'
)
# A row as text must not depend on how the session is set.
AS_TEXT = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL extra_float_digits = 3",
    "SET LOCAL bytea_output = 'hex'",
)
OBJECTS = {
    "index": "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()",
    "trigger": "SELECT tgname || ' on ' || relname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
    " WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace",
    "constraint": "SELECT conname || ' on ' || conrelid::regclass FROM pg_constraint"
    " WHERE connamespace = current_schema()::regnamespace AND conrelid <> 0",
}


class PostgreSQL(Server):
    """See customers.backup.engine.Engine."""

    name = "postgresql"
    databases = "SELECT datname FROM pg_database"
    any_table = (
        "SELECT 1 FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'S')"
        " AND relnamespace = current_schema()::regnamespace LIMIT 1"
    )
    drop = 'DROP DATABASE IF EXISTS "{}" WITH (FORCE)'
    how_to_make = "createdb NAME"

    @contextmanager
    def snapshot(self, source: Any, work: Path, tell: Callable[[], None]) -> Iterator[Snapshot]:
        """A transaction that only reads, whose snapshot pg_dump takes over."""
        with source.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            about = {
                "server": f"PostgreSQL {_one(cursor, 'SHOW server_version')}",
                "collate": _one(cursor, "SELECT datcollate FROM pg_database WHERE datname = current_database()"),
                "ctype": _one(cursor, "SELECT datctype FROM pg_database WHERE datname = current_database()"),
            }
            number = _one(cursor, "SELECT pg_export_snapshot()")
        try:
            yield Snapshot(lambda: _dump(source, number), source, about)
        finally:
            source.close()

    def contents(self, database: Any) -> Contents:
        """Rows are hashed by the server: reading them all from here would take several times as long. The parts of a
        table that is divided are tables of their own."""
        with database.cursor() as cursor:
            alone = database.connection.info.transaction_status == TransactionStatus.IDLE
            if alone:  # not within a snapshot
                cursor.execute("BEGIN READ ONLY")
            for words in AS_TEXT:
                cursor.execute(words)
            names = first_column(
                cursor,
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace",
            )
            tables = {name: _table(cursor, name) for name in sorted(names)}
            objects = {kind: sorted(first_column(cursor, sql)) for kind, sql in OBJECTS.items()}
            if alone:
                cursor.execute("COMMIT")
        return Contents(tables, objects)

    def create(self, name: str, about: dict[str, str]) -> str:
        """In the same collation."""
        alike = f"ENCODING 'UTF8' LC_COLLATE '{about['collate']}' LC_CTYPE '{about['ctype']}'"
        return f'CREATE DATABASE "{name}" TEMPLATE template0 {alike}'

    def to_grant(self, error: DatabaseError, server: Any) -> str:
        """The right to make databases."""
        return GRANT % {"user": server.settings_dict["USER"]} if "permission denied" in str(error) else ""

    def load(self, chunks: Iterable[bytes], database: Any, work: Path) -> None:
        """All of it or nothing: one transaction."""
        words = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        command = [tool("pg_restore", package=PACKAGE), *words, f"--dbname={database.settings_dict['NAME']}"]
        feed(command, _values(database), chunks)


def _dump(source: Any, number: str) -> AbstractContextManager[Iterator[bytes]]:
    words = ["--format=custom", "--compress=3", "--no-owner", "--no-privileges", "--no-comments"]
    words += [f"--snapshot={number}", "--lock-wait-timeout=60s", "--no-password"]
    return output_of([tool("pg_dump", package=PACKAGE), *words], _values(source))


def _values(database: Any) -> dict[str, str]:
    parameters = database.get_connection_params()
    found = {VARIABLES[name]: str(parameters[name]) for name in VARIABLES if parameters.get(name) not in (None, "")}
    return environment(PGDATABASE=str(database.settings_dict["NAME"]), **found)


def _table(cursor: Any, name: str) -> tuple[int, str]:
    """Rows and the sum of 64 bits of the MD5 of each. (hashtext is quicker, and may differ between releases.)"""
    hashed = "('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric"
    cursor.execute(f'SELECT count(*), coalesce(sum({hashed}), 0)::text FROM ONLY "{name}" t')  # noqa: S608
    rows, total = cursor.fetchone()
    return int(rows), str(total)


def _one(cursor: Any, sql: str) -> Any:
    cursor.execute(sql)
    return cursor.fetchone()[0]


ENGINE = PostgreSQL()
