from typing import Any

from django.utils import timezone

from services.operations.write_with_sets import write_with_sets


class WithSets:
    """Create and update of rows that refer to others many-to-many."""

    def make(self: Any, **values: Any) -> Any:
        """Create through the operation."""
        return write_with_sets(row=self.queryset.model(), changes=values, at=timezone.now())

    def change(self, row: Any, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        write_with_sets(row=row, changes=values, expected_version=expected, at=timezone.now())
