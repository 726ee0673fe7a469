from typing import Any

from django.db.models import CharField, TextField, Transform


class PlainText(Transform):
    """Text without regard to case, letter by letter: `given_name__plain="ana"`. What it is compared with must be in
    lower case.

    SQL, because the three databases disagree: SQLite lowers ASCII only (the function is Python's, see crm.db.sqlite3),
    and MariaDB's collation takes é for e and ignores spaces at the end."""

    lookup_name = "plain"
    function = "LOWER"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="PLAIN_TEXT", **extra)

    def as_mysql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "(LOWER(%(expressions)s) COLLATE utf8mb4_nopad_bin)"
        return self.as_sql(compiler, connection, template=template, **extra)


CharField.register_lookup(PlainText)
TextField.register_lookup(PlainText)
