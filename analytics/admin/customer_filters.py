"""Filters of the customer list that need the score."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from analytics.admin.score_display import BANDS, FELL_MUCH
from customers.admin.segment_from_list import Conditions, register_translation

HIGHEST = 100.0


class ScoreBandFilter(DropdownFilter):
    """Scores from .. to."""

    title = _("score")
    parameter_name = "band"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The bands, and those not scored yet."""
        return [*((tone, label) for _limit, tone, label in BANDS), ("none", _("not scored yet"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Customers within the band."""
        if self.value() == "none":
            return queryset.filter(score=None)
        low = 0.0
        for limit, tone, _label in BANDS:
            if tone == self.value():
                return queryset.filter(score__score__gte=low, score__score__lt=limit)
            low = limit
        return queryset


class EvidenceFilter(DropdownFilter):
    """How much the score rests on."""

    title = _("evidence")
    parameter_name = "evidence"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Low or enough."""
        return [("low", _("low evidence")), ("enough", _("enough evidence"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Customers with such a score."""
        wanted = {"low": True, "enough": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(score__low_evidence=wanted)


class ChangeFilter(DropdownFilter):
    """Who moved in the last thirty days."""

    title = _("change in 30 days")
    parameter_name = "moved"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Fell or rose by ten points and more."""
        return [("fell", _("fell by 10 points or more")), ("rose", _("rose by 10 points or more"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Customers who moved so."""
        if self.value() == "fell":
            return queryset.filter(score__change__lte=-FELL_MUCH)
        if self.value() == "rose":
            return queryset.filter(score__change__gte=FELL_MUCH)
        return queryset


def _band_as_conditions(tone: str) -> Conditions | None:
    if tone == "none":
        return [{"fact": "score", "op": "empty"}]
    low = 0.0
    for limit, name, _label in BANDS:
        if name == tone:
            least = [{"fact": "score", "op": "at_least", "value": low}] if low else []
            most = [{"fact": "score", "op": "less_than", "value": limit}] if limit <= HIGHEST else []
            return [*least, *most]
        low = limit
    return None


def _evidence_as_conditions(text: str) -> Conditions | None:
    wanted = {"low": True, "enough": False}.get(text)
    return None if wanted is None else [{"fact": "low_evidence", "op": "is", "value": wanted}]


def _change_as_conditions(text: str) -> Conditions | None:
    return {
        "fell": [{"fact": "score_change", "op": "at_most", "value": -FELL_MUCH}],
        "rose": [{"fact": "score_change", "op": "at_least", "value": FELL_MUCH}],
    }.get(text)


register_translation(ScoreBandFilter.parameter_name, _band_as_conditions)
register_translation(EvidenceFilter.parameter_name, _evidence_as_conditions)
register_translation(ChangeFilter.parameter_name, _change_as_conditions)
