from typing import Any

from django.db.models import BigIntegerField, CharField, ForeignKey
from django.db.models.lookups import In


@BigIntegerField.register_lookup
@CharField.register_lookup
@ForeignKey.register_lookup
class Among(In):
    """`column__among=values`: as `in`, for hundreds of values that need no conversion, a list of strings or numbers.

    PostgreSQL gets them as one array. Of a placeholder for each, Django and the server make more work than of looking
    the rows up."""

    lookup_name = "among"

    def get_prep_lookup(self) -> Any:
        """Leave the values as they are."""
        return self.rhs

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """PostgreSQL: one array."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*params, list(self.rhs)]
