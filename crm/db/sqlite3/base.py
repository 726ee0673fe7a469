"""Django 5.2 still keeps to the 999 parameters of SQLite before 3.32 (2020). With what the library takes, bulk writes
need a thirtieth of the statements; loading the demo company takes a fifth less time. Django 6 does the same."""

import sqlite3
from typing import Any

from django.db.backends.sqlite3 import base, features
from django.utils.functional import cached_property

# The library's own default. Distributions raise it, but a statement need not grow beyond this.
ENOUGH = 32_766


class DatabaseFeatures(features.DatabaseFeatures):
    """What this SQLite can do."""

    @cached_property
    def max_query_params(self) -> int:  # type: ignore[override]
        """How many parameters one statement may have."""
        self.connection.ensure_connection()
        most: int = self.connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        return min(ENOUGH, most)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to SQLite."""

    features_class = DatabaseFeatures

    def get_new_connection(self, conn_params: Any) -> Any:
        """A connection with what customers.sql.plain_text asks for: SQLite itself lowers ASCII only."""
        connection = super().get_new_connection(conn_params)
        connection.create_function("PLAIN_TEXT", 1, _lower, deterministic=True)
        return connection


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text
