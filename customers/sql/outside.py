from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.models.lookups import In


class Outside(In):
    """The key is none of those that a subquery gives: `Outside(F("pk"), rows.query)`.

    SQL, because PostgreSQL has no plan for NOT IN but a hash table that must fit into work_mem; beyond that (about a
    hundred thousand keys) it reads the whole subquery once for each customer. NOT EXISTS over the same rows is an anti
    join, which may spill to disk. SQLite and MariaDB look keys of NOT IN up in an index that they make for it, but
    would run a derived table once for each customer. The keys are never null."""

    lookup_name = "outside"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        key, key_parameters = self.process_lhs(compiler, connection)
        rows, row_parameters = self._rows(compiler, connection)
        return f"NOT ({key} IN {rows})", [*key_parameters, *row_parameters]

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        key, key_parameters = self.process_lhs(compiler, connection)
        rows, row_parameters = self._rows(compiler, connection)
        statement = f"NOT EXISTS (SELECT 1 FROM {rows} AS inside(key) WHERE inside.key = {key})"  # noqa: S608 - compiled
        return statement, [*row_parameters, *key_parameters]

    def _rows(self, compiler: Any, connection: Any) -> Any:
        """The subquery. Outside of one that Django knows to be empty (a small number asked for 99,999) is everybody."""
        try:
            return self.process_rhs(compiler, connection)
        except EmptyResultSet as empty:
            raise FullResultSet from empty
