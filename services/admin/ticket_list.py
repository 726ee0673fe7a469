"""The list of tickets: pages as deep as one likes."""

from functools import cached_property
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR
from django.http import HttpRequest
from unfold.views import ChangeList

from customers.admin.paginator import DeepPaginator


class TicketPaginator(DeepPaginator):
    """Counts in the order of the list, which some lists are quicker in."""

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.keys_query(0, self.counted_rows + 1).count())


class SearchPaginator(DeepPaginator):
    """Pages of what was found. Finding is what costs: the keys that are counted are those of the pages, too."""

    counted_rows = 1000

    @cached_property
    def _found(self) -> list[int]:
        rows: Any = self.object_list
        return [*rows.keys_between(0, self.counted_rows + 1)]

    @cached_property
    def _counted(self) -> int:
        return len(self._found)

    def _keys(self, first: int, end: int) -> list[int]:
        """From those that were counted, or beyond them."""
        rows: Any = self.object_list
        return (
            self._found[first:end] if end <= len(self._found) or not self.is_capped else rows.keys_between(first, end)
        )


class TicketChangeList(ChangeList):
    """Leads further than its pages are counted."""

    def get_results(self, request: HttpRequest) -> None:
        """Also what fits on one page is fetched by the paginator, which knows the keys of what was found."""
        super().get_results(request)
        if not self.multi_page:
            self.result_list = self.paginator.page(1).object_list

    @property
    def further(self) -> str:
        """The address of the next page, where it lies beyond the counted ones."""
        if self.page_num < self.paginator.num_pages or not getattr(self.paginator, "has_further", False):
            return ""
        return str(self.get_query_string({PAGE_VAR: self.page_num + 1}))
