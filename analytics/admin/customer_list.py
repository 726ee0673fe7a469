"""The customer list with scores and open tickets."""

from typing import Any

from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import Count
from django.http import HttpRequest

from analytics.admin.customer_filters import ChangeFilter
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
        moved = request.GET.get(ChangeFilter.parameter_name)
        if moved and ORDER_VAR not in request.GET:
            return ["score__change" if moved == "fell" else "-score__change", "-pk"]
        return list(super().get_ordering(request, queryset))

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
        for row in self.result_list:
            row.open_tickets = open_tickets.get(row.pk, 0)
