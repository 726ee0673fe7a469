"""Filters of the customer list by what lies beside the score: relations, and the one contact that carries all."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from customers.admin.segment_from_list import Conditions, register_translation

# Points from which on relations are said to weigh much: two late tickets of a parent.
MUCH = 4.0


class RelationEffectFilter(DropdownFilter):
    """Who feels late tickets of their relations."""

    title = _("effect of relations")
    parameter_name = "relations_weigh"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Any, or four points and more."""
        return [("any", _("feels late tickets of relations")), ("much", _("by 4 points or more"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Customers who feel so much."""
        if self.value() == "any":
            return queryset.filter(relation_effect__isnull=False)
        return queryset.filter(relation_effect__points__lte=-MUCH) if self.value() == "much" else queryset


class SingleContactFilter(DropdownFilter):
    """Organisations that one contact carries."""

    title = _("single contact")
    parameter_name = "single_contact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """At risk or not."""
        return [("yes", _("one contact carries it")), ("no", _("several contacts, or none known"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Customers that are so."""
        wanted = {"yes": False, "no": True}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(contact_risk__isnull=wanted)


def _effect_as_conditions(text: str) -> Conditions | None:
    meant: dict[str, Conditions] = {
        "any": [{"fact": "relation_points", "op": "not_empty"}],
        "much": [{"fact": "relation_points", "op": "at_most", "value": -MUCH}],
    }
    return meant.get(text)


def _single_as_conditions(text: str) -> Conditions | None:
    wanted = {"yes": True, "no": False}.get(text)
    return None if wanted is None else [{"fact": "single_contact", "op": "is", "value": wanted}]


register_translation(RelationEffectFilter.parameter_name, _effect_as_conditions)
register_translation(SingleContactFilter.parameter_name, _single_as_conditions)
