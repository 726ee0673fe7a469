from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, transaction

# How often SQLite asks whether to go on, in steps of its machine.
STEPS = 100_000
# What the databases say when they stop a statement: PostgreSQL's SQLSTATE, MariaDB's number.
STOPPED = ("57014", 1969)


class TookTooLong(Exception):
    """The database was stopped after the time that it was given."""


@contextmanager
def at_most(seconds: int, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Give the statements inside, of this database, so many seconds each; raises TookTooLong.

    SQL, because only the database can stop itself, each in its own way: a count over millions of rows that nobody waits
    for any more would keep a core busy for minutes."""
    try:
        with transaction.atomic(using=using), _limit(seconds, using):
            yield
    except OperationalError as error:
        if _was_stopped(error):
            raise TookTooLong from error
        raise


@contextmanager
def _limit(seconds: int, using: str) -> Iterator[None]:
    connection = connections[using]
    if connection.vendor == "sqlite":
        end = monotonic() + seconds
        raw = connection.connection
        raw.set_progress_handler(lambda: monotonic() > end, STEPS)
        try:
            yield
        finally:
            raw.set_progress_handler(None, 0)
        return
    if connection.vendor == "postgresql":
        _execute(using, f"SET LOCAL statement_timeout = {seconds * 1000}")
        yield
        _execute(using, "SET LOCAL statement_timeout = DEFAULT")  # where it fails, the end of the transaction does it
        return
    _execute(using, f"SET SESSION max_statement_time = {seconds}")
    try:
        yield
    finally:
        _execute(using, "SET SESSION max_statement_time = DEFAULT")


def _execute(using: str, statement: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(statement)


def _was_stopped(error: OperationalError) -> bool:
    cause = error.__cause__
    code = getattr(cause, "sqlstate", None) or (error.args[0] if error.args else None)
    return code in STOPPED or "interrupted" in str(error)
