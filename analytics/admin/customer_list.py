"""The customer list with scores and open tickets."""

from typing import Any

from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import Count
from django.http import HttpRequest

from analytics.admin.moved_filter import PARAMETERS, MovedFilter
from analytics.sql.change_since import change_since
from customers.admin.customer_list import CustomerChangeList
from services.models import Ticket

# Sorting by one of these goes down an index, which customers without a score are not in.
BY_SCORE = ("score__score", "score__change")


class ScoredChangeList(CustomerChangeList):
    """Adds the open tickets of the page's customers in one query."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        """The rows; sorted by score or change, those that have one: a million rows then need no sort."""
        rows = super().get_queryset(request, exclude_parameters)
        chosen = [str(field).lstrip("-") for field in self.get_ordering(request, rows)[:1]]
        return rows.filter(**{f"{chosen[0]}__isnull": False}) if chosen and chosen[0] in BY_SCORE else rows

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """Asked who moved, those who moved most come first, unless another column was chosen."""
        if ORDER_VAR in request.GET or not any(request.GET.get(name) for name in PARAMETERS):
            return list(super().get_ordering(request, queryset))
        rose = request.GET.get(PARAMETERS[0]) == "rose"
        if self.moved is None or self.moved.since is None:
            return ["-score__change" if rose else "score__change", "-pk"]
        change = change_since(self.moved.since, score="score__score")
        return [change.desc() if rose else change.asc(), "-pk"]

    @property
    def moved(self) -> MovedFilter | None:
        """The filter that asks who moved."""
        return next((spec for spec in self.filter_specs if isinstance(spec, MovedFilter)), None)

    def get_results(self, request: HttpRequest) -> None:
        """One page of customers, each knowing its `open_tickets`."""
        super().get_results(request)
        open_tickets = dict(
            Ticket.objects.visible_to(request.user)
            .unsolved()
            .filter(customer__in=[row.pk for row in self.result_list])
            .order_by()
            .values_list("customer")
            .annotate(Count("pk"))
        )
        found = self.moved.found if self.moved else None
        for row in self.result_list:
            row.moved = found.get(row.pk) if found is not None else None
            row.open_tickets = open_tickets.get(row.pk, 0)
