"""Pages of a large table, without counting it."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

# Beyond this nobody turns pages: they search, filter or sort. Counting stops here.
COUNTED_ROWS = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts to COUNTED_ROWS and no further: the count of a million rows would cost more than the page itself."""

    template_name = "admin/pagination_capped.html"

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        if hasattr(rows, "order_by"):
            return int(rows.order_by()[: COUNTED_ROWS + 1].count())
        return len(rows)

    @cached_property
    def count(self) -> int:
        """How many rows can be reached by turning pages."""
        return min(self._counted, COUNTED_ROWS)

    @cached_property
    def is_capped(self) -> bool:
        """Whether there are more rows than pages."""
        return self._counted > COUNTED_ROWS
