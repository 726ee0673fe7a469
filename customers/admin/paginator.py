"""Pages of a large table, without counting it."""

from typing import Any

from django.core.paginator import EmptyPage, Page, Paginator
from django.db import connections
from django.utils.functional import cached_property

# Beyond this nobody turns pages: they search, filter or sort. Counting stops here.
COUNTED_ROWS = 10_000


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts to COUNTED_ROWS and no further: the count of a million rows would cost more than the page itself."""

    template_name = "admin/pagination_capped.html"
    counted_rows = COUNTED_ROWS

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        if hasattr(rows, "order_by"):
            return int(rows.order_by()[: self.counted_rows + 1].count())
        return len(rows)

    @cached_property
    def count(self) -> int:
        """How many rows can be reached by turning pages."""
        return min(self._counted, self.counted_rows)

    @cached_property
    def is_capped(self) -> bool:
        """Whether there are more rows than pages."""
        return self._counted > self.counted_rows


class DeepPaginator(CappedPaginator):
    """Turns pages beyond what it counts. The rows before a page are skipped in a list of keys alone, which an index
    holds; only the rows of the page itself are fetched."""

    furthest = 1_000_000
    has_further = False

    def validate_number(self, number: Any) -> int:
        """Any page, where there are more rows than were counted."""
        if self.is_capped and isinstance(number, int) and self.num_pages < number <= self.furthest:
            return number
        return super().validate_number(number)

    def page(self, number: Any) -> Page[Any]:
        """The rows of a page, in order. Raises EmptyPage beyond the end."""
        number = self.validate_number(number)
        found = self._rows((number - 1) * self.per_page)
        self.has_further = len(found) > self.per_page
        if not found and number > 1:
            raise EmptyPage(self.error_messages["no_results"])
        return Page(found[: self.per_page], number, self)

    def _rows(self, first: int) -> list[Any]:
        """The rows of a page, and one more where there is one."""
        rows: Any = self.object_list
        end = first + self.per_page + 1
        keys = self._keys(first, end)
        if keys is None:
            return list(rows[first:end])
        shown = rows.model._default_manager.filter(pk__in=keys)
        shown.query.select_related = rows.query.select_related
        return list(shown.order_by(*rows.query.order_by))

    def _keys(self, first: int, end: int) -> Any:
        """The keys of those rows, as a list or a query; None where it is quicker to fetch the rows at once."""
        rows: Any = self.object_list
        keys = rows.keys_query(first, end) if hasattr(rows, "keys_query") else rows.values("pk")[first:end]
        if connections[rows.db].features.allow_sliced_subqueries_with_in:
            return keys
        return None if first < self.counted_rows else list(keys.values_list("pk", flat=True))
