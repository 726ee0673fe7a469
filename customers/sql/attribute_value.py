import json
from typing import Any

from django.db.models import BooleanField, F, Field, FloatField, Func, TextField

from customers.choices import AttributeType


class AttributeValue(Func):
    """The value of a custom attribute as its type, null where there is none of this type.

    SQL, because JSON compares by other rules in each database (SQLite has no booleans, MariaDB compares numbers as text
    and text without regard to case), and because a value of another type, which an older definition or an import may
    have left, must be passed over: PostgreSQL would refuse the whole statement."""

    # type -> what the database calls a value of it, and how text is made into one
    OF_POSTGRESQL = {"text": ("string", "NULLIF({}, '')"), "number": ("number", "({})::double precision")}
    OF_SQLITE = {"text": ("'text'", "NULLIF({}, '')"), "number": ("'integer', 'real'", "{}")}
    OF_MARIADB = {
        "text": ("'STRING'", "(NULLIF({}, '') COLLATE utf8mb4_nopad_bin)"),
        "number": ("'INTEGER', 'DOUBLE', 'DECIMAL'", "CAST({} AS DOUBLE)"),
    }
    # A date is text of this form, so that it compares as text.
    DATE_FORM = "____-__-__"

    def __init__(self, code: str, type: str, **extra: Any) -> None:
        self.code, self.type = code, type
        super().__init__(F("attributes"), output_field=output_of(type), **extra)

    @property
    def _is_text(self) -> bool:
        return self.type in (AttributeType.TEXT, AttributeType.CHOICE, AttributeType.DATE)

    def _column(self, compiler: Any) -> str:
        # A column of the customer: it never has parameters.
        sql: str = compiler.compile(self.source_expressions[0])[0]
        return sql

    def _when(self, test: str, value: str, parameters: list[Any]) -> tuple[str, list[Any]]:
        if self.type == AttributeType.DATE:
            test, parameters = f"{test} AND {value} LIKE %s", [*parameters, parameters[-1], self.DATE_FORM]
        return f"CASE WHEN {test} THEN {value} END", [*parameters, parameters[0]]

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column = self._column(compiler)
        if self.type == AttributeType.YES_NO:
            test = f"jsonb_typeof({column} -> %s) = 'boolean'"
            return self._when(test, f"({column} ->> %s)::boolean", [self.code])
        kind, form = self.OF_POSTGRESQL["text" if self._is_text else "number"]
        return self._when(f"jsonb_typeof({column} -> %s) = '{kind}'", form.format(f"({column} ->> %s)"), [self.code])

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column, path = self._column(compiler), path_of(self.code)
        if self.type == AttributeType.YES_NO:
            return f"CASE JSON_TYPE({column}, %s) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END", [path]
        kinds, form = self.OF_SQLITE["text" if self._is_text else "number"]
        return self._when(f"JSON_TYPE({column}, %s) IN ({kinds})", form.format(f"JSON_EXTRACT({column}, %s)"), [path])

    def as_mysql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        column, path = self._column(compiler), path_of(self.code)
        kind = f"JSON_TYPE(JSON_EXTRACT({column}, %s))"
        if self.type == AttributeType.YES_NO:
            return self._when(f"{kind} = 'BOOLEAN'", f"(JSON_EXTRACT({column}, %s) = 'true')", [path])
        kinds, form = self.OF_MARIADB["text" if self._is_text else "number"]
        return self._when(f"{kind} IN ({kinds})", form.format(f"JSON_VALUE({column}, %s)"), [path])


def path_of(code: str) -> str:
    """The path of an attribute for SQLite and MariaDB, escaped as in the column: SQLite compares letter by letter."""
    return f"$.{json.dumps(code)}"


def output_of(type: str) -> Field[Any, Any]:
    """The field whose look-ups a value of this type has."""
    if type == AttributeType.NUMBER:
        return FloatField()
    return BooleanField() if type == AttributeType.YES_NO else TextField()
