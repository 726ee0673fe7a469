"""Pages of a large table, without counting it."""

from typing import Any

from django.core.paginator import EmptyPage, Page, Paginator
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
    holds; only the rows of the page itself are fetched, in a second query."""

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
        rows: Any = self.object_list
        first = (number - 1) * self.per_page
        keys = list(rows.values_list("pk", flat=True)[first : first + self.per_page + 1])
        self.has_further = len(keys) > self.per_page
        if not keys and number > 1:
            raise EmptyPage(self.error_messages["no_results"])
        beside = rows.query.select_related
        shown = rows.model._default_manager.filter(pk__in=keys[: self.per_page])
        shown.query.select_related = beside
        by_key = {row.pk: row for row in shown}
        return Page([by_key[key] for key in keys if key in by_key], number, self)
