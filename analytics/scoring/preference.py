"""What one customer likes, by category: Σ w·(f - μ)/σ, with every feature kept for "because ..." (SCORES.md §2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from analytics.scoring.ages import age_days
from analytics.scoring.preference_parameters import FEATURES, PreferenceParameters

RANK_DECIMALS = 9
"""Preferences that differ only beyond these decimals rank as equal: the last bits depend on how sums are made."""


@dataclass(frozen=True, slots=True)
class Category:
    """What a whole population says about a category, as of a moment: see `preference_arrays.measure_categories`.

    share: of all decayed purchases, above 0. popularity: ln of its decayed purchases. mean_log_price: decayed mean
    of ln unit price, None where nothing was paid. rating: shrunk, 0..1.
    """

    id: int
    share: float
    popularity: float
    mean_log_price: float | None
    rating: float


@dataclass(frozen=True, slots=True)
class Purchase:
    """One order line of the customer: it counts once whatever its quantity. unit_price: one currency for all."""

    category: int
    at: datetime
    unit_price: float | None = None


@dataclass(frozen=True, slots=True)
class Interest:
    """One view or enquiry of the customer."""

    category: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FeatureResult:
    """One reason. value: the feature itself; z: against everybody's; points: weight·z, which sum to the preference."""

    name: str
    value: float
    z: float
    weight: float
    points: float


@dataclass(frozen=True, slots=True)
class CategoryPreference:
    """How much a customer prefers a category; percentile 0..100 among all categories of this customer."""

    category: int
    preference: float
    percentile: float
    stated: int
    features: tuple[FeatureResult, ...]


@dataclass(frozen=True, slots=True)
class _Behaviour:
    """Decayed sums of a customer: purchases and interests by category, all purchases, mean ln unit price."""

    bought: Mapping[int, float]
    looked: Mapping[int, float]
    all_bought: float
    mean_log_price: float | None


def profile(
    purchases: Iterable[Purchase],
    interests: Iterable[Interest],
    stated: Mapping[int, int],
    categories: Sequence[Category],
    parameters: PreferenceParameters,
    as_of: datetime,
) -> tuple[CategoryPreference, ...]:
    """The preferences of one customer over all categories, best first (SCORES.md §2).

    stated: category to -1, 0 or +1 as the customer said; what was said beats what was observed, so the order and
    the percentile put every liked category above and every disliked one below the rest, whatever the sum.
    Raises ValueError for an event after as_of, a naive time, a category that is not among the categories, and a
    stated preference other than these.
    """
    behaviour = _behaviour(list(purchases), interests, parameters, as_of)
    _refuse_unknown({*behaviour.bought, *behaviour.looked, *stated}, categories)
    said = {category.id: _said(category.id, stated) for category in categories}
    reasons = [_features(category, behaviour, said[category.id], parameters) for category in categories]
    totals = [math.fsum(feature.points for feature in row) for row in reasons]
    keys = [
        (said[category.id], round(total, RANK_DECIMALS)) for category, total in zip(categories, totals, strict=True)
    ]
    result = [
        CategoryPreference(category.id, total, percentile_of(key, keys), said[category.id], row)
        for category, total, key, row in zip(categories, totals, keys, reasons, strict=True)
    ]
    return tuple(sorted(result, key=lambda row: (-row.percentile, row.category)))


def category_features(
    purchases: Iterable[Purchase],
    interests: Iterable[Interest],
    categories: Sequence[Category],
    parameters: PreferenceParameters,
    as_of: datetime,
) -> dict[int, tuple[float, float]]:
    """Lift and recent interest of each category, as its products take them over."""
    behaviour = _behaviour(list(purchases), interests, parameters, as_of)
    return {
        category.id: (
            _category_lift(category, behaviour, parameters.lift_prior_weight),
            behaviour.looked.get(category.id, 0.0),
        )
        for category in categories
    }


def _behaviour(
    purchases: Sequence[Purchase], interests: Iterable[Interest], parameters: PreferenceParameters, as_of: datetime
) -> _Behaviour:
    half_life = parameters.purchase_half_life_days
    weights = [decay(purchase.at, as_of, half_life) for purchase in purchases]
    bought = list(zip((purchase.category for purchase in purchases), weights, strict=True))
    looked = [(row.category, decay(row.at, as_of, parameters.interest_half_life_days)) for row in interests]
    priced = [
        (math.log(purchase.unit_price), weight)
        for purchase, weight in zip(purchases, weights, strict=True)
        if purchase.unit_price is not None and purchase.unit_price > 0.0
    ]
    total = math.fsum(weight for _, weight in priced)
    mean = math.fsum(weight * price for price, weight in priced) / total if total > 0.0 else None
    return _Behaviour(_sums(bought), _sums(looked), math.fsum(weights), mean)


def decay(at: datetime, as_of: datetime, half_life_days: float) -> float:
    """The weight 2^(-age/half-life) of an event. Raises ValueError when it happens after as_of or has no zone."""
    return float(2.0 ** -(age_days(at, as_of) / half_life_days))


def _sums(pairs: Iterable[tuple[int, float]]) -> dict[int, float]:
    collected: dict[int, list[float]] = {}
    for category, weight in pairs:
        collected.setdefault(category, []).append(weight)
    return {category: math.fsum(weights) for category, weights in collected.items()}


def _features(
    category: Category, behaviour: _Behaviour, stated: int, parameters: PreferenceParameters
) -> tuple[FeatureResult, ...]:
    values = {
        "category_lift": _category_lift(category, behaviour, parameters.lift_prior_weight),
        "price_fit": _price_fit(category, behaviour),
        "recent_interest": behaviour.looked.get(category.id, 0.0),
        "rating": category.rating,
        "popularity": category.popularity,
        "stated": float(stated),
    }
    return tuple(_feature(name, values[name], parameters) for name in FEATURES)


def _category_lift(category: Category, behaviour: _Behaviour, prior: float) -> float:
    """ln[(n_cg + K·p_g)/((n_c + K)·p_g)]: how much more than everybody the customer buys of the category."""
    own = behaviour.bought.get(category.id, 0.0) + prior * category.share
    return math.log(own / ((behaviour.all_bought + prior) * category.share))


def _price_fit(category: Category, behaviour: _Behaviour) -> float:
    """How near the usual price of the category is to what the customer usually pays: 0 is the best fit.

    Also 0 where there is no price on either side.
    """
    if category.mean_log_price is None or behaviour.mean_log_price is None:
        return 0.0
    return -abs(behaviour.mean_log_price - category.mean_log_price)


def _feature(name: str, value: float, parameters: PreferenceParameters) -> FeatureResult:
    z = (value - parameters.means[name]) / parameters.deviations[name]
    return FeatureResult(name, value, z, parameters.weights[name], parameters.weights[name] * z)


def _refuse_unknown(met: Set[int], categories: Sequence[Category]) -> None:
    unknown = met - {category.id for category in categories}
    if unknown:
        raise ValueError(f"category {min(unknown)} is not among the categories")


def _said(category: int, stated: Mapping[int, int]) -> int:
    value = stated.get(category, 0)
    if value not in (-1, 0, 1):
        raise ValueError(f"the stated preference for category {category} must be -1, 0 or 1, not {value!r}")
    return value


def percentile_of(key: tuple[int, float], keys: Sequence[tuple[int, float]]) -> float:
    """100·(how many are below + half of those equal)/n."""
    return 100.0 * (sum(other < key for other in keys) + keys.count(key) / 2.0) / len(keys)
