from typing import Any

from analytics.api.score_preview import PreviewSerializer, shown_result
from analytics.api.version_base import Number, OverrideSerializer, VersionSerializer, VersionViewSet
from analytics.filtersets import ScoreVersionFilterSet
from analytics.models import ScoreModelVersion
from analytics.scoring.parameters import FACTOR_NAMES, FIELD_NAMES, ScoreParameters, limits_of
from customers.api.fields import Strict

HELP = {
    "exponent": "How strongly the factor moves the score: 1 is usual (price: -1), 0 leaves it out.",
    "half_life_days": "After so many days an observation counts half.",
    "prior_weight": "How many observations the baseline is worth.",
    "baseline": "What the average customer has: a share; of price a ratio to the usual one.",
}


def _factor(name: str) -> Any:
    """The serializer of one factor's parameters, with its limits."""
    fields: dict[str, Any] = {"__doc__": f"The parameters of {name}. What is left out stays as it is."}
    for field in FIELD_NAMES:
        low, high = limits_of(name, field)
        fields[field] = Number(required=False, min_value=low, max_value=high, help_text=HELP[field])
    return type(f"{name.title()}ParametersSerializer", (Strict,), fields)


ParametersSerializer: Any = type(
    "ScoreParametersSerializer",
    (Strict,),
    {
        "__doc__": "The parameters of the satisfaction score, factor by factor. What is left out stays as it is.",
        **{name: _factor(name)(required=False) for name in FACTOR_NAMES},
    },
)


class ScoreOverrideSerializer(OverrideSerializer):
    """Other parameters for the customers of a segment: those that differ. `name` is the segment's when it was taken."""

    parameters = ParametersSerializer(required=False)


class ScoreVersionSerializer(VersionSerializer):
    """A version of the satisfaction score. Only a draft can be changed; scores name the version that made them. In a
    new draft, parameters that are left out, and overrides if they are, are those in force. Of overrides the first that
    a customer is in counts."""

    parameters = ParametersSerializer(required=False)
    overrides = ScoreOverrideSerializer(many=True, required=False)

    class Meta(VersionSerializer.Meta):
        model = ScoreModelVersion


class ScoreVersionViewSet(VersionViewSet):
    """Versions of the satisfaction score: drafted, previewed, activated, and taken back. The newest comes first."""

    model, usual = ScoreModelVersion, ScoreParameters
    preview_shape, shown_result = PreviewSerializer, shown_result

    queryset = ScoreModelVersion.objects.select_related("created_by").order_by("-number")
    serializer_class = ScoreVersionSerializer
    filterset_class = ScoreVersionFilterSet
