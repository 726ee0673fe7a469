"""Which products one customer likes, plainly: Σ w·(f - μ)/σ with every feature kept (SCORES.md §2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from analytics.scoring.preference import (
    RANK_DECIMALS,
    Category,
    Interest,
    Purchase,
    category_features,
    decay,
    percentile_of,
)
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters


@dataclass(frozen=True, slots=True)
class Item:
    """What a whole population says about a product: see `item_arrays.Items`. neighbours: product to cosine."""

    id: int
    category: int | None
    popularity: float
    log_price: float | None
    rating: float
    neighbours: Mapping[int, float]
    is_on_sale: bool = True


@dataclass(frozen=True, slots=True)
class ItemPurchase:
    """One order line of the customer. unit_price: one currency for all."""

    item: int
    category: int | None
    at: datetime
    unit_price: float | None = None


@dataclass(frozen=True, slots=True)
class ItemPreference:
    """How much a customer prefers a product. features: value by name, None where nothing is known; points: weight·z,
    which sum to the preference."""

    item: int
    preference: float
    percentile: float
    is_bought: bool
    stated: int
    features: Mapping[str, float | None]
    points: Mapping[str, float]


def item_profile(
    purchases: Sequence[ItemPurchase],
    interests: Iterable[Interest],
    stated_items: Mapping[int, int],
    stated_categories: Mapping[int, int],
    items: Sequence[Item],
    categories: Sequence[Category],
    parameters: PreferenceParameters,
    as_of: datetime,
) -> tuple[ItemPreference, ...]:
    """The preferences of one customer over all products on sale, best first.

    What was said of a product counts before what was said of its category, and either before what was observed."""
    newest: dict[int, datetime] = {}
    for row in purchases:
        newest[row.item] = max(row.at, newest.get(row.item, row.at))
    weights = {item: decay(at, as_of, parameters.item_half_life_days) for item, at in newest.items()}
    total = math.fsum(weights.values())
    neighbours = {item.id: item.neighbours for item in items}
    own_price = _own_prices(purchases, parameters, as_of)
    of_category = category_features(
        [Purchase(row.category, row.at) for row in purchases if row.category is not None],
        interests,
        categories,
        parameters,
        as_of,
    )
    rows = []
    for item in (item for item in items if item.is_on_sale):
        said = stated_items.get(item.id, stated_categories.get(item.category, 0) if item.category is not None else 0)
        near = math.fsum(weight * neighbours[own].get(item.id, 0.0) for own, weight in weights.items())
        lift, interest = of_category.get(item.category, (0.0, 0.0)) if item.category is not None else (0.0, 0.0)
        features = {
            "affinity": math.log(parameters.affinity_floor + (near / total if total > 0.0 else 0.0)),
            "category_lift": lift,
            "price_fit": _price_fit(item.log_price, own_price.get(item.category)),
            "recent_interest": interest,
            "rating": item.rating,
            "popularity": item.popularity,
            "stated": float(said),
        }
        rows.append((item.id, item.id in newest, said, features, item_points(features, parameters, parameters.weights)))
    totals = [math.fsum(points.values()) for *_others, points in rows]
    keys = [(row[2], round(total, RANK_DECIMALS)) for row, total in zip(rows, totals, strict=True)]
    result = [
        ItemPreference(row[0], total, percentile_of(key, keys), row[1], row[2], row[3], row[4])
        for row, total, key in zip(rows, totals, keys, strict=True)
    ]
    return tuple(sorted(result, key=lambda row: (-row.percentile, row.item)))


def item_points(
    features: Mapping[str, float | None], parameters: PreferenceParameters, weights: Mapping[str, float]
) -> dict[str, float]:
    """What each feature adds to a preference; one that is not known adds nothing."""
    points = {}
    for name in ITEM_FEATURES:
        value = features[name]
        above = 0.0 if value is None else value - parameters.item_means[name]
        points[name] = weights[name] * (above / parameters.item_deviations[name])
    return points


def _own_prices(
    purchases: Sequence[ItemPurchase], parameters: PreferenceParameters, as_of: datetime
) -> dict[int | None, float]:
    """Decayed mean ln unit price that the customer paid, by category."""
    paid: dict[int | None, list[tuple[float, float]]] = {}
    for row in purchases:
        if row.unit_price is not None and row.unit_price > 0.0:
            weight = decay(row.at, as_of, parameters.purchase_half_life_days)
            paid.setdefault(row.category, []).append((weight, math.log(row.unit_price)))
    return {
        category: math.fsum(w * x for w, x in rows) / math.fsum(w for w, _x in rows) for category, rows in paid.items()
    }


def _price_fit(price: float | None, own: float | None) -> float | None:
    return None if price is None or own is None else -abs(price - own)
