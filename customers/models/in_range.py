from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import IntegerField
from django.db.models.lookups import In


@IntegerField.register_lookup
class InRange(In):
    """`column__in=numbers`, as ever, but for numbers that the column cannot hold: no row has them, where the database
    would answer with an error. Django does the same for a single number (`IntegerFieldExact`), not for several, and a
    form with a choice of several (tags, members) asks for what was posted."""

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        """Leave out what is too great."""
        if self.rhs_is_direct_value():
            least, most = connection.ops.integer_field_range(self.lhs.output_field.get_internal_type())
            if least is not None:
                self.rhs = [each for each in self.rhs if not isinstance(each, int) or least <= each <= most]
            if not self.rhs:
                raise EmptyResultSet
        return super().process_rhs(compiler, connection)
