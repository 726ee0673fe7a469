from typing import Any

from rest_framework import serializers

from analytics.api.score_preview import PreviewSerializer, shown_result
from analytics.api.version_base import Number, VersionViewSet
from analytics.filtersets import ScoreVersionFilterSet
from analytics.models import ScoreModelVersion
from analytics.scoring.parameters import FACTOR_NAMES, FIELD_NAMES, ScoreParameters, limits_of
from customers.api.fields import Strict, StrictModel
from customers.filtersets import LARGEST_KEY

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


class OverrideSerializer(Strict):
    """Other parameters for the customers of a segment: those that differ. `name` is the segment's when it was taken."""

    segment = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    name = serializers.CharField(read_only=True)
    parameters = ParametersSerializer(required=False)


class ScoreVersionSerializer(StrictModel):
    """A version of the satisfaction score. Only a draft can be changed; scores name the version that made them. In a
    new draft, parameters that are left out, and overrides if they are, are those in force. Of overrides the first that
    a customer is in counts."""

    parameters = ParametersSerializer(required=False)
    overrides = OverrideSerializer(many=True, required=False)
    created_by = serializers.CharField(source="created_by.username", read_only=True, allow_null=True, default=None)

    class Meta:
        model = ScoreModelVersion
        fields = [
            "id",
            "number",
            "label",
            "state",
            "parameters",
            "overrides",
            "note",
            "created_at",
            "created_by",
            "activated_at",
            "version",
        ]
        read_only_fields = ["number", "state", "created_at", "activated_at", "version"]
        extra_kwargs = {"note": {"max_length": 10_000}}


class ScoreVersionViewSet(VersionViewSet):
    """Versions of the satisfaction score: drafted, previewed, activated, and taken back. The newest comes first."""

    model, usual = ScoreModelVersion, ScoreParameters
    preview_shape, shown_result = PreviewSerializer, shown_result

    queryset = ScoreModelVersion.objects.select_related("created_by").order_by("-number")
    serializer_class = ScoreVersionSerializer
    filterset_class = ScoreVersionFilterSet
