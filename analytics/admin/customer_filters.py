"""Filters of the customer list that need the score."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from analytics.admin.score_display import BANDS
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


register_translation(ScoreBandFilter.parameter_name, _band_as_conditions)
register_translation(EvidenceFilter.parameter_name, _evidence_as_conditions)
