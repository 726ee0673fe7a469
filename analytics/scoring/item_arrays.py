"""Which products a chunk of customers likes, at once; agrees with `item_preference.item_profile` to 1e-9."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.scoring.items import Baskets, affinities
from analytics.scoring.preference import RANK_DECIMALS
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_BUYERS = 0.5
"""Added to the buyers of every product, so that the logarithm is finite where nobody bought it."""
SAID = 1e6
"""Far above any preference: what was said comes before what was observed."""
AFFINITY, LIFT, PRICE, INTEREST, RATING, POPULARITY, STATED = range(len(ITEM_FEATURES))


@dataclass(frozen=True, slots=True)
class Items:
    """What a whole population says about each product.

    category: its position among the categories; `n_categories` for a product without one. popularity:
    ln(LEAST_BUYERS + decayed buyers). log_price: NaN where there is none. rating: shrunk, 0..1. neighbours: see
    `items.fit_items`. on_sale: what is not is never ranked, but says what goes with it.
    """

    category: Ints
    popularity: Floats
    log_price: Floats
    rating: Floats
    neighbours: Any
    on_sale: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Buyers:
    """Customers 0..n-1 and what is known of them.

    baskets: what they bought. own_price: (n, g + 1), decayed mean ln unit price that each paid in each category, NaN
    where none. lift, interest: (n, g + 1), the category's own features, 0 in the last column. said: (n, m) sparse of
    -1 and +1, what each said of a product or, where they said nothing of it, of its category. weights: (n, 7).
    """

    baskets: Baskets
    own_price: Floats
    lift: Floats
    interest: Floats
    said: Any
    weights: Floats


def shrunk_ratings(
    item: ArrayLike, age_days: ArrayLike, x: ArrayLike, n_items: int, parameters: PreferenceParameters
) -> Floats:
    """The rating of each product, (K·m + Σw·x)/(K + Σw), m the weighted mean of all ratings."""
    what, value = np.asarray(item, dtype=np.int64), np.asarray(x, dtype=np.float64)
    weight = np.exp2(-np.asarray(age_days, dtype=np.float64) / parameters.purchase_half_life_days)
    total = weight.sum()
    mean = (weight * value).sum() / total if total > 0.0 else parameters.rating_baseline
    above = np.bincount(what, weight * (value - mean), n_items)
    return np.asarray(mean + above / (parameters.rating_prior_weight + np.bincount(what, weight, n_items)))


@dataclass(frozen=True, slots=True)
class Block:
    """Some customers and all products. features: one array for each of ITEM_FEATURES, each broadcast to (rows, m); NaN
    where nothing is known, which counts as what is usual (z = 0)."""

    rows: slice
    features: tuple[Floats, ...]
    weights: Floats
    said: Floats
    bought: NDArray[np.bool_]
    on_sale: NDArray[np.bool_]

    def preference(self, parameters: PreferenceParameters, weights: Floats | None = None) -> Floats:
        """Σ w·(f - μ)/σ of each customer and product; the weights of each customer, or those given."""
        given = self.weights if weights is None else weights
        total = np.zeros(self.bought.shape)
        for place, (name, feature) in enumerate(zip(ITEM_FEATURES, self.features, strict=True)):
            weight = given[:, place, np.newaxis] / parameters.item_deviations[name]
            if weight.any():
                above = feature - parameters.item_means[name]
                total += weight * (np.nan_to_num(above) if place == PRICE else above)
        return total


def blocks(buyers: Buyers, items: Items, parameters: PreferenceParameters, *, most_cells: int) -> Iterator[Block]:
    """All customers, as many at a time as `most_cells` allows."""
    n, m = buyers.baskets.n_customers, buyers.baskets.n_items
    near = affinities(buyers.baskets, items.neighbours)
    matrix = buyers.baskets.matrix()
    size = max(1, most_cells // max(1, m))
    for start in range(0, n, size):
        yield _block(slice(start, min(n, start + size)), near, matrix, buyers, items, parameters)


def _block(
    rows: slice, near: Any, matrix: Any, buyers: Buyers, items: Items, parameters: PreferenceParameters
) -> Block:
    said = np.asarray(buyers.said[rows].toarray(), dtype=np.float64)
    affinity = np.full(said.shape, np.log(parameters.affinity_floor))
    part = near[rows].tocoo()
    affinity[part.row, part.col] = np.log(parameters.affinity_floor + part.data)
    bought = np.zeros(said.shape, dtype=bool)
    has = matrix[rows].tocoo()
    bought[has.row, has.col] = True
    features = (
        affinity,
        buyers.lift[rows][:, items.category],
        -np.abs(items.log_price - buyers.own_price[rows][:, items.category]),
        buyers.interest[rows][:, items.category],
        items.rating[np.newaxis],
        items.popularity[np.newaxis],
        said,
    )
    return Block(rows, features, buyers.weights[rows], said, bought, items.on_sale)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One product of one customer. features: by ITEM_FEATURES; percentile: 0..100 among all products."""

    item: int
    preference: float
    percentile: float
    is_bought: bool
    features: tuple[float, ...]


def ranked(block: Block, parameters: PreferenceParameters, *, most: int) -> Iterator[list[Ranked]]:
    """For each customer of a block the best products on sale, best first: up to `most` of those they bought and as many
    of the others. What they said they dislike is left out."""
    preference = block.preference(parameters)
    for row in range(len(preference)):
        # A dislike is never shown, and any like comes before everything else.
        key = np.where(block.on_sale, preference[row] + SAID * block.said[row], -np.inf)
        own = np.flatnonzero(block.bought[row])
        others = np.where(block.bought[row], -np.inf, key)
        picked = np.concatenate((_top(key[own], own, most), _top(others, np.arange(len(others)), most)))
        picked = np.array([item for item in picked.tolist() if block.said[row, item] >= 0.0], dtype=np.int64)
        yield [_shown(block, row, item, preference, key) for item in _in_order(key, picked).tolist()]


def _top(key: Floats, items: Ints, most: int) -> Ints:
    """The items of the largest keys; of equal ones, the lower."""
    if len(key) > most:
        least = np.partition(key, len(key) - most)[len(key) - most]
        near = key >= least - 10.0**-RANK_DECIMALS
        key, items = key[near], items[near]
    there = np.isfinite(key)
    items = items[there]
    order = np.lexsort((items, -np.round(key[there], RANK_DECIMALS)))
    return items[order[:most]]


def _in_order(key: Floats, items: Ints) -> Ints:
    return items[np.lexsort((items, -np.round(key[items], RANK_DECIMALS)))]


def _shown(block: Block, row: int, item: int, preference: Floats, key: Floats) -> Ranked:
    slack = 0.5 * 10.0**-RANK_DECIMALS
    key = key[block.on_sale] if not block.on_sale.all() else key
    mine = preference[row, item] + SAID * block.said[row, item]
    below = np.count_nonzero(key < mine - slack)
    equal = np.count_nonzero(key <= mine + slack) - below
    features = tuple(float(f[row if len(f) > 1 else 0, item]) for f in block.features)
    percentile = 100.0 * (below + equal / 2.0) / len(key)
    return Ranked(item, float(preference[row, item]), percentile, bool(block.bought[row, item]), features)


def measure_item_scales(parts: Sequence[Block], parameters: PreferenceParameters) -> PreferenceParameters:
    """The parameters with the means and deviations of the features over these customers and all products.

    Feature by feature, so that memory holds one of them. One that is the same for all gets the deviation 1."""
    means, deviations = {}, {}
    for place, name in enumerate(ITEM_FEATURES):
        columns = [_known(np.broadcast_to(part.features[place], part.bought.shape)) for part in parts]
        count = max(1, sum(column.size for column in columns))
        mean = sum(float(column.sum()) for column in columns) / count
        spread = float(np.sqrt(sum(float(((column - mean) ** 2).sum()) for column in columns) / count))
        means[name] = mean
        deviations[name] = 1.0 if spread <= 1e-9 * max(abs(mean), 1.0) else spread
    return replace(parameters, item_means=means, item_deviations=deviations)


def _known(column: Floats) -> Floats:
    return column[~np.isnan(column)]
