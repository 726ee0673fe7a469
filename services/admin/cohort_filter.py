"""The tickets behind a number of a report: `?cohort=opened&from=...&to=...`, as the report links to them."""

from datetime import datetime
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from services.cohorts import COHORTS, Span

BOUNDS = ("from", "to", "least", "below", "nobody")


class CohortFilter(DropdownFilter):
    """Tickets that a number of a report is about. It is offered only where a report leads to it."""

    title = _("in the report")
    parameter_name = "cohort"

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        self.bounds = {name: value[-1] for name in BOUNDS if (value := params.pop(name, None))}
        super().__init__(request, params, model, model_admin)

    def expected_parameters(self) -> list[Any]:
        """With the bounds."""
        return [self.parameter_name, *BOUNDS]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one that was asked for, with its time."""
        name = self.used_parameters.get(self.parameter_name)
        if name is None:
            return []
        if name not in COHORTS:
            raise IncorrectLookupParameters
        days = [date_format(localtime(at), "SHORT_DATETIME_FORMAT") for at in self._span()[:2]]
        return [(name, f"{COHORTS[name].name}: {' – '.join(days)}")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The tickets of the cohort."""
        name = self.value()
        if name is None:
            return queryset
        if name not in COHORTS:
            raise IncorrectLookupParameters
        start, end, least, below = self._span()
        found = queryset.filter(COHORTS[name].condition(Span(start, end, least, below)))
        return found.unassigned() if "nobody" in self.bounds else found

    def _span(self) -> tuple[datetime, datetime, int, int | None]:
        try:
            start, end = (datetime.fromisoformat(self.bounds[name].replace(" ", "+")) for name in ("from", "to"))
            least, below = int(self.bounds.get("least", 0)), self.bounds.get("below")
            if start.tzinfo is None or end.tzinfo is None:
                raise ValueError("without an offset")
            return start, end, least, int(below) if below else None
        except (KeyError, ValueError) as error:
            raise IncorrectLookupParameters from error
