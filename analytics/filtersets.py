"""How lists of this room are narrowed down: one FilterSet a model, for the API and the admin."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_filters import CharFilter, ChoiceFilter, DateFilter, FilterSet, NumberFilter

from analytics.choices import (
    DecisionKind,
    ForecastKind,
    IdentityKind,
    MarketEventKind,
    MarketIndexKind,
    ProposalState,
    RunKind,
    RunState,
    Tier,
    VersionState,
)
from analytics.models import (
    ActionDecision,
    CustomerScore,
    CustomerValue,
    Event,
    EventIdentity,
    Forecast,
    MarketEvent,
    MarketIndex,
    PreferenceModelVersion,
    PreferenceProfile,
    ScoreModelVersion,
    ScoringRun,
    WeightProposal,
)
from customers.choices import Factor
from customers.filtersets import LONGEST_PART, IdFilter, MomentFilter, YesNoFilter

# More is no amount of money.
LARGEST_VALUE = 10**15


class ScoreFilterSet(FilterSet):
    """Scores by their height, evidence and fall."""

    customer = IdFilter()
    min_score = NumberFilter(field_name="score", lookup_expr="gte", min_value=0, max_value=100)
    max_score = NumberFilter(field_name="score", lookup_expr="lte", min_value=0, max_value=100)
    low_evidence = YesNoFilter()
    fell_by = NumberFilter(
        method="that_fell",
        min_value=0,
        max_value=100,
        label=_("Lower by so many points than 30 days before, or more. Since another day: /scores/movers/"),
    )
    rose_by = NumberFilter(
        method="that_rose", min_value=0, max_value=100, label=_("Higher by so many points than 30 days before, or more")
    )
    moved_by = ChoiceFilter(
        choices=[(factor.name.lower(), factor.label) for factor in Factor],
        method="that_a_factor_moved",
        label=_("The factor that moved it most in 30 days"),
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

    def that_rose(self, scores: Any, name: str, value: Any) -> Any:
        """Scores that rose."""
        return scores.rose_by(float(value))

    def that_a_factor_moved(self, scores: Any, name: str, value: str) -> Any:
        """Scores that this factor moved most."""
        return scores.filter(change_factor=Factor[value.upper()])

    def that_feel(self, scores: Any, name: str, value: Any) -> Any:
        """Scores of customers who feel their relations so much."""
        return scores.filter(customer__relation_effect__points__lte=-float(value))


class ScoreVersionFilterSet(FilterSet):
    """Versions of the score."""

    state = ChoiceFilter(choices=VersionState.choices)

    class Meta:
        model = ScoreModelVersion
        fields: list[str] = []


class PreferenceFilterSet(FilterSet):
    """Preference profiles."""

    customer = IdFilter()
    name = CharFilter(
        field_name="customer__name",
        lookup_expr="istartswith",
        max_length=LONGEST_PART,
        label=_("Beginning of the name"),
    )

    class Meta:
        model = PreferenceProfile
        fields: list[str] = []


class PreferenceVersionFilterSet(FilterSet):
    """Versions of the preference profile."""

    state = ChoiceFilter(choices=VersionState.choices)

    class Meta:
        model = PreferenceModelVersion
        fields: list[str] = []


class ProposalFilterSet(FilterSet):
    """Learned weights."""

    state = ChoiceFilter(choices=ProposalState.choices)

    class Meta:
        model = WeightProposal
        fields: list[str] = []


class RunFilterSet(FilterSet):
    """Scoring runs."""

    kind = ChoiceFilter(choices=RunKind.choices)
    state = ChoiceFilter(choices=RunState.choices)

    class Meta:
        model = ScoringRun
        fields: list[str] = []


class EventFilterSet(FilterSet):
    """Behaviour events by whose they are, what and when."""

    customer = IdFilter(field_name="identity__customer")
    identity = IdFilter()
    name = CharFilter(field_name="name__name", max_length=LONGEST_PART, label=_("The whole name"))
    source = CharFilter(field_name="source__slug", max_length=32, label=_("Short name of the source"))
    since = MomentFilter(field_name="at", lookup_expr="gte", label=_("From this moment on"))
    until = MomentFilter(field_name="at", lookup_expr="lt", label=_("Before this moment"))

    class Meta:
        model = Event
        fields: list[str] = []


class IdentityFilterSet(FilterSet):
    """Users and devices of event sources."""

    customer = IdFilter()
    owner = IdFilter()
    source = CharFilter(field_name="source__slug", max_length=32, label=_("Short name of the source"))
    kind = ChoiceFilter(choices=IdentityKind.choices)
    known = YesNoFilter(field_name="customer", lookup_expr="isnull", exclude=True, label=_("The customer is known"))

    class Meta:
        model = EventIdentity
        fields: list[str] = []


class ValueFilterSet(FilterSet):
    """Relationship values by what they are worth, and how likely they end."""

    customer = IdFilter()
    currency = CharFilter(max_length=3)
    fifth = NumberFilter(field_name="clv_fifth", min_value=1, max_value=5)
    min_clv = NumberFilter(field_name="clv", lookup_expr="gte", min_value=0, max_value=LARGEST_VALUE)
    max_clv = NumberFilter(field_name="clv", lookup_expr="lte", min_value=0, max_value=LARGEST_VALUE)
    min_churn = NumberFilter(field_name="churn", lookup_expr="gte", min_value=0, max_value=1)
    max_churn = NumberFilter(field_name="churn", lookup_expr="lte", min_value=0, max_value=1)
    min_score = NumberFilter(field_name="customer__score__score", lookup_expr="gte", min_value=0, max_value=100)
    max_score = NumberFilter(field_name="customer__score__score", lookup_expr="lte", min_value=0, max_value=100)

    class Meta:
        model = CustomerValue
        fields: list[str] = []


class DecisionFilterSet(FilterSet):
    """Decisions on actions."""

    customer = IdFilter()
    rule = IdFilter()
    kind = ChoiceFilter(choices=DecisionKind.choices)

    class Meta:
        model = ActionDecision
        fields: list[str] = []


class ForecastFilterSet(FilterSet):
    """Forecasts by what they are of, and by time. `from` is a word of Python, so it is put in below."""

    kind = ChoiceFilter(choices=ForecastKind.choices)
    tier = ChoiceFilter(choices=Tier.choices)
    product = IdFilter()
    category = IdFilter()
    segment = IdFilter()
    queue = IdFilter()
    until = DateFilter(field_name="starts_on", lookup_expr="lte", label=_("Steps that begin up to this day"))

    class Meta:
        model = Forecast
        fields: list[str] = []


_FROM = DateFilter(field_name="ends_on", lookup_expr="gte", label=_("Steps that begin on this day or later"))
ForecastFilterSet.base_filters["from"] = _FROM


class MarketEventFilterSet(FilterSet):
    """Events by kind, by what they are about, and by time."""

    kind = ChoiceFilter(choices=MarketEventKind.choices)
    product = IdFilter()
    category = IdFilter()
    ends_after = DateFilter(field_name="ends_on", lookup_expr="gte", label=_("On this day or later"))
    starts_before = DateFilter(field_name="starts_on", lookup_expr="lte", label=_("On this day or before"))

    class Meta:
        model = MarketEvent
        fields: list[str] = []


class MarketIndexFilterSet(FilterSet):
    """Values of indexes."""

    kind = ChoiceFilter(choices=MarketIndexKind.choices)
    category = IdFilter()

    class Meta:
        model = MarketIndex
        fields: list[str] = []
