from typing import Any

from rest_framework import serializers

from analytics.api.preference_preview import PreferencePreviewSerializer, shown_result
from analytics.api.version_base import Number, VersionViewSet
from analytics.filtersets import PreferenceVersionFilterSet
from analytics.models import PreferenceModelVersion
from analytics.scoring.preference_parameters import (
    FEATURES,
    ITEM_FEATURES,
    NUMBER_LIMITS,
    TABLE_LIMITS,
    PreferenceParameters,
)
from customers.api.fields import Strict, StrictModel
from customers.filtersets import LARGEST_KEY

WHAT = {
    "weights": "How much each feature counts; 0 leaves it out.",
    "means": "What is usual of each feature of a category.",
    "deviations": "How far from it is far, for a category.",
    "item_means": "What is usual of each feature of a product.",
    "item_deviations": "How far from it is far, for a product.",
}


def _table(name: str, features: tuple[str, ...]) -> Any:
    """The serializer of one number for each feature, with its limits."""
    _features, low, high = TABLE_LIMITS[name]
    fields: dict[str, Any] = {feature: Number(required=False, min_value=low, max_value=high) for feature in features}
    title = "".join(word.title() for word in name.split("_"))
    return type(f"Preference{title}Serializer", (Strict,), {"__doc__": WHAT[name], **fields})


WeightsSerializer: Any = _table("weights", ITEM_FEATURES)

PreferenceParametersSerializer: Any = type(
    "PreferenceParametersSerializer",
    (Strict,),
    {
        "__doc__": "The parameters of the preference profile. What is left out stays as it is.",
        **{name: Number(required=False, min_value=low, max_value=high) for name, (low, high) in NUMBER_LIMITS.items()},
        "weights": WeightsSerializer(required=False),
        **{name: _table(name, FEATURES)(required=False) for name in ("means", "deviations")},
        **{name: _table(name, ITEM_FEATURES)(required=False) for name in ("item_means", "item_deviations")},
    },
)


class OverrideParametersSerializer(Strict):
    """What a segment may have of its own: weights. All else is measured on everybody."""

    weights = WeightsSerializer(required=False)


class PreferenceOverrideSerializer(Strict):
    """Other weights for the customers of a segment: those that differ. `name` is the segment's when it was taken."""

    segment = serializers.IntegerField(min_value=1, max_value=LARGEST_KEY)
    name = serializers.CharField(read_only=True)
    parameters = OverrideParametersSerializer(required=False)


class PreferenceVersionSerializer(StrictModel):
    """A version of the preference profile. Only a draft can be changed; profiles name the version that made them. In a
    new draft, parameters that are left out, and overrides if they are, are those in force. Of overrides the first that
    a customer is in counts."""

    parameters = PreferenceParametersSerializer(required=False)
    overrides = PreferenceOverrideSerializer(many=True, required=False)
    created_by = serializers.CharField(source="created_by.username", read_only=True, allow_null=True, default=None)

    class Meta:
        model = PreferenceModelVersion
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


class PreferenceVersionViewSet(VersionViewSet):
    """Versions of the preference profile: drafted, previewed, activated, and taken back. The newest comes first."""

    model, usual = PreferenceModelVersion, PreferenceParameters
    preview_shape, shown_result = PreferencePreviewSerializer, shown_result

    queryset = PreferenceModelVersion.objects.select_related("created_by").order_by("-number")
    serializer_class = PreferenceVersionSerializer
    filterset_class = PreferenceVersionFilterSet
