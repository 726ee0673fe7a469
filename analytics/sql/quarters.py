from typing import Any

from django.db.models import BigIntegerField, Func
from django.db.models.sql.compiler import SQLCompiler


class Quarter(Func):
    """Which quarter of an hour since 1970 a moment lies in.

    SQL, because a report is about local days, and MariaDB knows time zones only where somebody has loaded them. All
    offsets in use are whole quarters: so the rows are counted by quarter in the database, and put into days here."""

    arity = 1
    output_field = BigIntegerField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Any:
        """Text, in UTC."""
        return self.as_sql(compiler, connection, template="(CAST(strftime('%%%%s', %(expressions)s) AS INTEGER) / 900)")

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Any:
        """Exact, whatever the zone of the session."""
        template = "FLOOR(EXTRACT(EPOCH FROM %(expressions)s) / 900)::bigint"
        return self.as_sql(compiler, connection, template=template)

    def as_mysql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Any:
        """A moment without a zone, in UTC."""
        template = "(TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', %(expressions)s) DIV 900)"
        return self.as_sql(compiler, connection, template=template)
