"""How lists of this room are narrowed down: one FilterSet a model, for the API and the admin."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, FilterSet, NumberFilter

from analytics.choices import RunKind, RunState
from analytics.models import CustomerScore, PreferenceProfile, ScoringRun
from customers.filtersets import IdFilter, YesNoFilter


class ScoreFilterSet(FilterSet):
    """Scores by their height, evidence and fall."""

    customer = IdFilter()
    min_score = NumberFilter(field_name="score", lookup_expr="gte", min_value=0, max_value=100)
    max_score = NumberFilter(field_name="score", lookup_expr="lte", min_value=0, max_value=100)
    low_evidence = YesNoFilter()
    fell_by = NumberFilter(
        method="that_fell", min_value=0, max_value=100, label=_("Lower by so many points than 30 days before, or more")
    )
    weighed_down_by = NumberFilter(
        method="that_feel",
        min_value=0,
        max_value=10,
        label=_("Customers of whom relations take so many points, or more, beside the score"),
    )
    single_contact = YesNoFilter(
        field_name="customer__contact_risk", lookup_expr="isnull", exclude=True, label=_("One contact carries them")
    )

    class Meta:
        model = CustomerScore
        fields: list[str] = []

    def that_fell(self, scores: Any, name: str, value: Any) -> Any:
        """Scores that fell."""
        return scores.fell_by(float(value))

    def that_feel(self, scores: Any, name: str, value: Any) -> Any:
        """Scores of customers who feel their relations so much."""
        return scores.filter(customer__relation_effect__points__lte=-float(value))


class PreferenceFilterSet(FilterSet):
    """Preference profiles."""

    customer = IdFilter()
    name = CharFilter(field_name="customer__name", lookup_expr="istartswith", label=_("Beginning of the name"))

    class Meta:
        model = PreferenceProfile
        fields: list[str] = []


class RunFilterSet(FilterSet):
    """Scoring runs."""

    kind = ChoiceFilter(choices=RunKind.choices)
    state = ChoiceFilter(choices=RunState.choices)

    class Meta:
        model = ScoringRun
        fields: list[str] = []
