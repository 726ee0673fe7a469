"""Filters of the customer list by relationship value: which fifth, and how likely they leave."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from analytics.admin.value_display import HIGH, RAISED
from customers.admin.segment_from_list import Conditions, register_translation

FIFTHS = [
    ("5", _("5: the most valuable fifth")),
    ("4", "4"),
    ("3", "3"),
    ("2", "2"),
    ("1", _("1: the least valuable fifth")),
    ("none", _("no value yet")),
]
MAY_SEE = "analytics.view_customervalue"


class ValuesOnly(DropdownFilter):
    """A filter for whoever may see values."""

    def has_output(self) -> bool:
        """Whether there is something to choose."""
        return bool(self.lookup_choices)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """What may be chosen; nothing for who may see no values."""
        return self.offered() if request.user.has_perm(MAY_SEE) else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Customers who are asked for; to who may see no values the filter does nothing."""
        known = {value for value, _label in self.offered()}
        value = self.value()
        return self.asked(queryset, value) if value in known and request.user.has_perm(MAY_SEE) else queryset

    def offered(self) -> list[tuple[str, Any]]:
        """What may be chosen."""
        raise NotImplementedError

    def asked(self, queryset: Any, value: str) -> Any:
        """The rows of what was chosen."""
        raise NotImplementedError


class ValueFilter(ValuesOnly):
    """Which fifth by customer value."""

    title = _("customer value")
    parameter_name = "value"

    def offered(self) -> list[tuple[str, Any]]:
        """Fifths, the best first."""
        return FIFTHS

    def asked(self, queryset: Any, value: str) -> Any:
        """Customers of this fifth."""
        if value == "none":
            return queryset.filter(value__clv_fifth=None)
        return queryset.filter(value__clv_fifth=int(value))


class ChurnFilter(ValuesOnly):
    """How likely they leave."""

    title = _("churn")
    parameter_name = "churn"

    def offered(self) -> list[tuple[str, Any]]:
        """High, raised, low."""
        return [("high", _("60 % and more")), ("raised", _("30 to 60 %")), ("low", _("under 30 %"))]

    def asked(self, queryset: Any, value: str) -> Any:
        """Customers with such a chance."""
        low, high = _BOUNDS[value]
        return queryset.filter(value__churn__gte=low, value__churn__lt=high)


_BOUNDS = {"high": (HIGH, 2.0), "raised": (RAISED, HIGH), "low": (0.0, RAISED)}


def _fifth_as_conditions(text: str) -> Conditions | None:
    if text == "none":
        return [{"fact": "value_fifth", "op": "empty"}]
    return [{"fact": "value_fifth", "op": "between", "value": [int(text), int(text)]}] if text in "12345" else None


def _churn_as_conditions(text: str) -> Conditions | None:
    if text not in _BOUNDS:
        return None
    low, high = _BOUNDS[text]
    most = [{"fact": "churn", "op": "less_than", "value": high}] if high <= 1 else []
    return [{"fact": "churn", "op": "at_least", "value": low}, *most]


register_translation(ValueFilter.parameter_name, _fifth_as_conditions)
register_translation(ChurnFilter.parameter_name, _churn_as_conditions)
