"""The list of customers: one page of rows, and what is looked up for that page alone."""

from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from unfold.views import ChangeList

from customers.admin.customer_filters import SegmentFilter
from customers.admin.paginator import COUNTED_ROWS
from customers.models import Relation


def with_us() -> Prefetch[str]:
    """The customers' relations to this company that hold today, into `relations_with_us`."""
    with_nobody_else = Relation.objects.on(timezone.localdate()).filter(to_customer=None)
    rows: QuerySet[Any] = with_nobody_else.select_related("type").order_by("-strength", "id")
    return Prefetch("relations_from", queryset=rows, to_attr="relations_with_us")


class CustomerChangeList(ChangeList):
    """Leads to the page that is read, not to the form, and fetches the extras of fifty rows in one query each."""

    queryset: Any

    def url_for_result(self, result: Any) -> str:
        """The customer's page."""
        return reverse("admin:customers_customer_page", args=[result.pk])

    @property
    def segment(self) -> Any:
        """The segment that the list is narrowed down to, for its heading; None for none."""
        return next((spec.segment for spec in self.filter_specs if isinstance(spec, SegmentFilter)), None)

    @property
    def is_narrowed(self) -> bool:
        """Whether something narrows the list down that is no segment yet."""
        return bool(self.query or set(self.filter_params) - {SegmentFilter.parameter_name})

    def get_results(self, request: HttpRequest) -> None:
        """One page of customers with their relations to us."""
        rows = self.queryset
        if self.query:
            self.queryset = FoundKeys(rows.values_list("pk", flat=True)[: COUNTED_ROWS + 1])
        super().get_results(request)
        self.result_list: list[Any] = list(self.result_list)
        if self.query:
            self.queryset, self.result_list = rows, self._rows_of(self.result_list)
        prefetch_related_objects(self.result_list, with_us())

    def _rows_of(self, keys: list[int]) -> list[Any]:
        rows = self.apply_select_related(self.root_queryset.filter(pk__in=keys)).order_by()
        found = {row.pk: row for row in rows}
        return [found[key] for key in keys if key in found]


class FoundKeys(list[int]):
    """The keys of all that a search found, in the order of the list: read once, they are counted and cut into pages.
    The rows are read of one page alone. A database that counts and sorts the rows themselves goes through all of them
    twice, and joins the owner and the team of each."""

    def _clone(self) -> "FoundKeys":
        """What Django shows where all fits on one page."""
        return self
