"""What a preference model version freezes: weights, and the means and deviations features are measured against."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

FEATURES = ("category_lift", "price_fit", "recent_interest", "rating", "popularity", "stated")
"""The features of a category in the order of every array and tuple: SCORES.md §2 less affinity, which is between
products."""

ITEM_FEATURES = ("affinity", *FEATURES)
"""The features of a product, in order: all of SCORES.md §2."""

DEFAULT_WEIGHTS = {
    "affinity": 1.0,
    "category_lift": 0.3,
    "price_fit": 0.2,
    "recent_interest": 0.3,
    "rating": 0.2,
    "popularity": 0.1,
    "stated": 0.5,
}

NUMBER_LIMITS = {
    "purchase_half_life_days": (0.01, 36_500.0),
    "interest_half_life_days": (0.01, 36_500.0),
    "lift_prior_weight": (0.01, 1e6),
    "rating_prior_weight": (0.01, 1e6),
    "rating_baseline": (0.0, 1.0),
    "item_half_life_days": (0.01, 36_500.0),
    "item_prior_weight": (0.01, 1e6),
    "affinity_floor": (1e-9, 1.0),
}
"""The lowest and the highest value of each number."""

TABLE_LIMITS = {
    "weights": (ITEM_FEATURES, 0.0, 1e3),
    "means": (FEATURES, -1e9, 1e9),
    "deviations": (FEATURES, 1e-9, 1e9),
    "item_means": (ITEM_FEATURES, -1e9, 1e9),
    "item_deviations": (ITEM_FEATURES, 1e-9, 1e9),
}
"""The features of each table, and the lowest and the highest value of each."""


@dataclass(frozen=True)
class PreferenceParameters:
    """The model of SCORES.md §2, of categories and of products.

    purchase_half_life_days, interest_half_life_days: after so many days a purchase (or rating), and a view or
    enquiry, counts half. lift_prior_weight: K, how many purchases everybody's taste is worth against one's own.
    rating_prior_weight, rating_baseline: how many ratings the mean is worth, and the mean (0..1) where there are none.
    item_half_life_days: what a purchase says of single products fades faster than what it says of taste.
    item_prior_weight: how many customers speak against the likeness of two products (see `items.fit_items`).
    affinity_floor: ε, the likeness that counts as none.
    weights, means, deviations: of each feature of a category, the weights also of products; item_means and
    item_deviations: of each feature of a product. The weights are 0 or more, the deviations above 0.
    Raises ValueError naming the field.
    """

    purchase_half_life_days: float = 180.0
    interest_half_life_days: float = 30.0
    lift_prior_weight: float = 10.0
    rating_prior_weight: float = 5.0
    rating_baseline: float = 0.8
    item_half_life_days: float = 30.0
    item_prior_weight: float = 5.0
    affinity_floor: float = 1e-3
    weights: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    means: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(FEATURES, 0.0))
    deviations: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(FEATURES, 1.0))
    item_means: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(ITEM_FEATURES, 0.0))
    item_deviations: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(ITEM_FEATURES, 1.0))

    def __post_init__(self) -> None:
        for name, limits in NUMBER_LIMITS.items():
            _check(name, getattr(self, name), *limits)
        for name, (features, low, high) in TABLE_LIMITS.items():
            table = getattr(self, name)
            if not isinstance(table, Mapping) or set(table) != set(features):
                raise ValueError(f"{name} must have exactly the features {', '.join(features)}")
            for feature in features:
                _check(f"{name}.{feature}", table[feature], low, high)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values, read back by `from_dict`."""
        numbers = {name: getattr(self, name) for name in NUMBER_LIMITS}
        return numbers | {name: dict(getattr(self, name)) for name in TABLE_LIMITS}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `as_dict` wrote. A missing field or feature takes the default.

        Raises ValueError that names the field for an unknown or impossible one.
        """
        default = cls()
        given: dict[str, Any] = {}
        for name, value in data.items():
            if name not in NUMBER_LIMITS and name not in TABLE_LIMITS:
                raise ValueError(f"{name} is not a field; known are {', '.join([*NUMBER_LIMITS, *TABLE_LIMITS])}")
            if name in TABLE_LIMITS and not isinstance(value, Mapping):
                raise ValueError(f"{name} must be a mapping of features, not {value!r}")
            given[name] = {**getattr(default, name), **value} if name in TABLE_LIMITS else value
        return replace(default, **given)


def _check(field_name: str, value: object, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise ValueError(f"{field_name} must be a number, not {value!r}")
    if not low <= value <= high:
        raise ValueError(f"{field_name} must be between {low:g} and {high:g}, not {value!r}")
