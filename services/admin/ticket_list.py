"""The list of tickets: pages as deep as one likes."""

from django.contrib.admin.views.main import PAGE_VAR
from unfold.views import ChangeList

from customers.admin.paginator import DeepPaginator


class SearchPaginator(DeepPaginator):
    """Pages of what was found: each row counted is one to be looked up."""

    counted_rows = 1000


class TicketChangeList(ChangeList):
    """Leads further than its pages are counted."""

    @property
    def further(self) -> str:
        """The address of the next page, where it lies beyond the counted ones."""
        if self.page_num < self.paginator.num_pages or not getattr(self.paginator, "has_further", False):
            return ""
        return str(self.get_query_string({PAGE_VAR: self.page_num + 1}))
