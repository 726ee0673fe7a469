from collections.abc import Mapping, Sequence
from typing import Any

from analytics.models import PreferenceModelVersion, PreferenceProfile
from analytics.operations.preference_weights import weight_sets
from analytics.scoring.item_preference import item_points
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters

DECIMALS = 6


class ProductReasons:
    """The products of profiles with their reasons, in the shape of PreferenceProfile.categories. What is stored are
    the values of the features: with the version, which is frozen, they are the reasons, at a third of the space.

    One of these for a page of profiles: a version is read once."""

    def __init__(self) -> None:
        self._read: dict[int, tuple[PreferenceParameters, Sequence[Mapping[str, float]]]] = {}

    def of(self, profile: PreferenceProfile) -> list[dict[str, Any]]:
        """The ranked products of a profile, best first, each with what speaks for and against it."""
        parameters, sets = self._of(profile.version)
        weights = sets[profile.override]
        return [_with_reasons(row, parameters, weights) for row in profile.products]

    def _of(self, version: PreferenceModelVersion) -> tuple[PreferenceParameters, Sequence[Mapping[str, float]]]:
        if version.pk not in self._read:
            self._read[version.pk] = PreferenceParameters.from_dict(version.parameters), weight_sets(version)
        return self._read[version.pk]


def override_of(profile: PreferenceProfile) -> str:
    """The segment whose weights made a profile, by its name then; empty: those for everybody."""
    return str(profile.version.overrides[profile.override - 1]["name"]) if profile.override else ""


def _with_reasons(
    row: Mapping[str, Any], parameters: PreferenceParameters, weights: Mapping[str, float]
) -> dict[str, Any]:
    values = dict(zip(ITEM_FEATURES, row["values"], strict=True))
    points = item_points(values, parameters, weights)
    because = [
        {"feature": name, "value": values[name], "weight": weights[name], "points": round(points[name], DECIMALS)}
        for name in ITEM_FEATURES
        if round(points[name], DECIMALS)  # nothing is no reason
    ]
    kept = {name: row[name] for name in ("product", "name", "preference", "percentile", "bought")}
    return {**kept, "because": because}
