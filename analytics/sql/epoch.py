from datetime import datetime
from typing import Any

from django.db.models import Func
from django.db.models.sql.compiler import SQLCompiler


class Epoch(Func):
    """A moment as seconds since 1970, where the database can say so exactly; elsewhere the moment itself. `seconds`
    makes the two alike.

    SQL, because psycopg spends as long on making aware datetimes of 100,000 facts as the query takes.
    """

    arity = 1

    def as_sql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Every database: the column."""
        return compiler.compile(self.get_source_expressions()[0])  # type: ignore[return-value]

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """EXTRACT is exact (numeric); the cast rounds it as `datetime.timestamp` does."""
        sql, params = compiler.compile(self.get_source_expressions()[0])
        return f"EXTRACT(EPOCH FROM {sql})::float8", list(params)

    def get_db_converters(self, connection: Any) -> list[Any]:
        """PostgreSQL's number is no moment any more."""
        return [] if connection.vendor == "postgresql" else super().get_db_converters(connection)


def seconds(moment: float | datetime) -> float:
    """Seconds since 1970 of what Epoch returned, to the microsecond."""
    return moment.timestamp() if isinstance(moment, datetime) else moment
