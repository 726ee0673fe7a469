from typing import Any

from analytics.api.preference_preview import PreferencePreviewSerializer, shown_result
from analytics.api.version_base import Number, OverrideSerializer, VersionSerializer, VersionViewSet
from analytics.filtersets import PreferenceVersionFilterSet
from analytics.models import PreferenceModelVersion
from analytics.scoring.preference_parameters import (
    FEATURES,
    ITEM_FEATURES,
    NUMBER_LIMITS,
    TABLE_LIMITS,
    PreferenceParameters,
)
from customers.api.fields import Strict

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


class PreferenceOverrideSerializer(OverrideSerializer):
    """Other weights for the customers of a segment: those that differ. `name` is the segment's when it was taken."""

    parameters = OverrideParametersSerializer(required=False)


class PreferenceVersionSerializer(VersionSerializer):
    """A version of the preference profile. Only a draft can be changed; profiles name the version that made them. In a
    new draft, parameters that are left out, and overrides if they are, are those in force. Of overrides the first that
    a customer is in counts."""

    parameters = PreferenceParametersSerializer(required=False)
    overrides = PreferenceOverrideSerializer(many=True, required=False)

    class Meta(VersionSerializer.Meta):
        model = PreferenceModelVersion


class PreferenceVersionViewSet(VersionViewSet):
    """Versions of the preference profile: drafted, previewed, activated, and taken back. The newest comes first."""

    model, usual = PreferenceModelVersion, PreferenceParameters
    preview_shape, shown_result = PreferencePreviewSerializer, shown_result

    queryset = PreferenceModelVersion.objects.select_related("created_by").order_by("-number")
    serializer_class = PreferenceVersionSerializer
    filterset_class = PreferenceVersionFilterSet
