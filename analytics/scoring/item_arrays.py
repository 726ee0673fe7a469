"""Which products a chunk of customers likes, at once; agrees with `item_preference.item_profile` to 1e-9."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

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

    def by_category(self, size: int) -> tuple[Ints, Ints]:
        """Products in the order of their categories, and where each of `size` categories begins among them."""
        begins = np.concatenate(([0], np.cumsum(np.bincount(self.category, minlength=size))))
        return begins, np.argsort(self.category, kind="stable")


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


@dataclass(frozen=True, slots=True)
class Block:
    """Some customers (`rows`) and all products. What is the same for a whole category, or for all customers, is kept
    once, and what is not there is not kept: most customers bought few of many products.

    near: affinity before the logarithm, sparse. own_price, lift, interest: (rows, g + 1). said, bought: sparse.
    shelves: see `Items.by_category`.
    """

    rows: slice
    items: Items
    near: Any
    own_price: Floats
    lift: Floats
    interest: Floats
    said: Any
    bought: Any
    weights: Floats
    floor: float
    shelves: tuple[Ints, Ints]

    @property
    def shape(self) -> tuple[int, int]:
        """Customers and products."""
        return self.bought.shape  # type: ignore[no-any-return]

    def has_bought(self) -> NDArray[np.bool_]:
        """Whether each customer bought each product."""
        has = np.zeros(self.shape, dtype=bool)
        has[np.repeat(np.arange(self.shape[0]), np.diff(self.bought.indptr)), self.bought.indices] = True
        return has

    def features(self, place: int) -> Floats:
        """One of ITEM_FEATURES for all customers and products; NaN where nothing is known, which counts as what is
        usual (z = 0)."""
        items, of = self.items, self.items.category
        if place == AFFINITY:
            return np.asarray(np.log(self.floor + self.near.toarray()), dtype=np.float64)
        if place == PRICE:
            return np.asarray(-np.abs(items.log_price - self.own_price[:, of]), dtype=np.float64)
        if place in (RATING, POPULARITY):
            return np.broadcast_to(items.rating if place == RATING else items.popularity, self.shape)
        if place == STATED:
            return np.asarray(self.said.toarray(), dtype=np.float64)
        return np.asarray((self.lift if place == LIFT else self.interest)[:, of], dtype=np.float64)

    def features_of(self, row: int, picked: Ints) -> Floats:
        """All features of some products of one customer: (products, ITEM_FEATURES)."""
        items, of = self.items, self.items.category[picked]
        found = np.empty((len(picked), len(ITEM_FEATURES)))
        found[:, AFFINITY] = np.log(self.floor + _row(self.near, row)[picked])
        found[:, LIFT], found[:, INTEREST] = self.lift[row, of], self.interest[row, of]
        found[:, PRICE] = -np.abs(items.log_price[picked] - self.own_price[row, of])
        found[:, RATING], found[:, POPULARITY] = items.rating[picked], items.popularity[picked]
        found[:, STATED] = _row(self.said, row)[picked]
        return found

    def preference(self, parameters: PreferenceParameters, weights: Floats | None = None) -> Floats:
        """Σ w·(f - μ)/σ of each customer and product; the weights of each customer, or those given."""
        given = np.broadcast_to(self.weights if weights is None else weights, self.weights.shape)
        mean = np.array([parameters.item_means[name] for name in ITEM_FEATURES])
        scale = given / np.array([parameters.item_deviations[name] for name in ITEM_FEATURES])
        # All that is usual, at once; what is not known of prices takes its part back.
        usual = scale @ mean - scale[:, PRICE] * mean[PRICE]
        total: Floats = self._of_all(scale) + (scale[:, AFFINITY] * np.log(self.floor) - usual)[:, np.newaxis]
        of_category = scale[:, [LIFT]] * self.lift + scale[:, [INTEREST]] * self.interest
        total += np.asarray(of_category)[:, self.items.category]
        _add(total, self.near, scale[:, AFFINITY], lambda near: np.log(self.floor + near) - np.log(self.floor))
        _add(total, self.said, scale[:, STATED], lambda said: said)
        self._add_prices(total, scale[:, PRICE], mean[PRICE])
        return total

    def _of_all(self, scale: Floats) -> Floats:
        """What rating and popularity add: one row where all customers have the same weights."""
        pair = scale[:, [RATING, POPULARITY]]
        both = np.stack((self.items.rating, self.items.popularity))
        if len(pair) and (pair == pair[0]).all():
            return np.broadcast_to(pair[0] @ both, self.shape)
        return np.asarray(pair @ both, dtype=np.float64)

    def _add_prices(self, total: Floats, scale: Floats, mean: float) -> None:
        """Of the categories in which a customer bought: of the others nothing is known."""
        who, which = np.nonzero(~np.isnan(self.own_price))
        begins, in_order = self.shelves
        sizes = begins[which + 1] - begins[which]
        row = np.repeat(who, sizes)
        ends = np.cumsum(sizes)
        inside = np.arange(len(row)) - np.repeat(ends - sizes, sizes)
        item = in_order[np.repeat(begins[which], sizes) + inside]
        fit = -np.abs(self.items.log_price[item] - np.repeat(self.own_price[who, which], sizes)) - mean
        total[row, item] += scale[row] * np.nan_to_num(fit)


def _row(cells: Any, row: int) -> Floats:
    """One row of a sparse matrix, without what its own indexing costs."""
    dense = np.zeros(cells.shape[1])
    part = slice(cells.indptr[row], cells.indptr[row + 1])
    dense[cells.indices[part]] = cells.data[part]
    return dense


def _add(total: Floats, cells: Any, scale: Floats, value: Callable[[Floats], Floats]) -> None:
    """Add to the cells that a sparse matrix has, each once."""
    row = np.repeat(np.arange(len(total)), np.diff(cells.indptr))
    total[row, cells.indices] += scale[row] * value(cells.data)


def blocks(buyers: Buyers, items: Items, parameters: PreferenceParameters, *, most_cells: int) -> Iterator[Block]:
    """All customers, as many at a time as `most_cells` allows."""
    n, m = buyers.baskets.n_customers, buyers.baskets.n_items
    near = affinities(buyers.baskets, items.neighbours)
    matrix = buyers.baskets.matrix()
    shelves = items.by_category(buyers.own_price.shape[1])
    size = max(1, most_cells // max(1, m))
    for start in range(0, n, size):
        rows = slice(start, min(n, start + size))
        yield Block(
            rows=rows,
            items=items,
            near=near[rows],
            own_price=buyers.own_price[rows],
            lift=buyers.lift[rows],
            interest=buyers.interest[rows],
            said=buyers.said[rows],
            bought=matrix[rows],
            weights=buyers.weights[rows],
            floor=parameters.affinity_floor,
            shelves=shelves,
        )


@dataclass(frozen=True, slots=True)
class Ranked:
    """One product of one customer. features: by ITEM_FEATURES; percentile: 0..100 among all products on sale."""

    item: int
    preference: float
    percentile: float
    is_bought: bool
    features: tuple[float, ...]


def ranked(block: Block, parameters: PreferenceParameters, *, most: int) -> Iterator[list[Ranked]]:
    """For each customer of a block the best products on sale, best first: up to `most` of those they bought and as many
    of the others. What they said they dislike is left out."""
    preference = block.preference(parameters)
    # A dislike comes after everything, any like before everything else.
    key = preference.copy()
    _add(key, block.said, np.full(len(key), SAID), lambda said: said)
    key[:, ~block.items.on_sale] = -np.inf
    n_on_sale = int(block.items.on_sale.sum())
    for row in range(len(key)):
        own = block.bought.indices[block.bought.indptr[row] : block.bought.indptr[row + 1]]
        picked = np.concatenate((_top(key[row, own], own, most), _others(key[row], own, most)))
        picked = picked[key[row, picked] > -SAID / 2]
        picked = picked[np.lexsort((picked, -np.round(key[row, picked], RANK_DECIMALS)))]
        yield _shown(block, row, picked, preference[row], key[row], n_on_sale)


def _others(key: Floats, own: Ints, most: int) -> Ints:
    """The best of what they did not buy."""
    kept = key[own]
    key[own] = -np.inf
    best = _top(key, None, most)
    key[own] = kept
    return best


def _top(key: Floats, items: Ints | None, most: int) -> Ints:
    """The items (None: all, in order) of the largest keys; of equal ones, the lower."""
    near = np.arange(len(key))
    if len(key) > most:
        least = np.partition(key, len(key) - most)[len(key) - most]
        near = np.flatnonzero(key >= least - 10.0**-RANK_DECIMALS)
    near = near[np.isfinite(key[near])]
    found = near if items is None else items[near]
    return np.asarray(found[np.lexsort((found, -np.round(key[near], RANK_DECIMALS)))][:most], dtype=np.int64)


def _shown(block: Block, row: int, picked: Ints, preference: Floats, key: Floats, n_on_sale: int) -> list[Ranked]:
    if not len(picked):
        return []
    slack = 0.5 * 10.0**-RANK_DECIMALS
    chosen = key[picked]
    # Only what reaches the lowest of them is compared with each.
    high = key[key >= chosen.min() - slack]
    above = np.array([np.count_nonzero(high > one + slack) for one in chosen])
    equal = np.array([np.count_nonzero(high >= one - slack) for one in chosen]) - above
    percentile = 100.0 * (n_on_sale - above - equal / 2.0) / n_on_sale
    own = set(block.bought.indices[block.bought.indptr[row] : block.bought.indptr[row + 1]].tolist())
    features = block.features_of(row, picked).tolist()
    return [
        Ranked(item, total, percent, item in own, tuple(values))
        for item, total, percent, values in zip(
            picked.tolist(), preference[picked].tolist(), percentile.tolist(), features, strict=True
        )
    ]


def measure_item_scales(parts: Sequence[Block], parameters: PreferenceParameters) -> PreferenceParameters:
    """The parameters with the means and deviations of the features over these customers and all products.

    Feature by feature, so that memory holds one of them. One that is the same for all gets the deviation 1."""
    means, deviations = {}, {}
    for place, name in enumerate(ITEM_FEATURES):
        columns = [_known(part.features(place)) for part in parts]
        count = max(1, sum(column.size for column in columns))
        mean = sum(float(column.sum()) for column in columns) / count
        spread = float(np.sqrt(sum(float(((column - mean) ** 2).sum()) for column in columns) / count))
        means[name] = mean
        deviations[name] = 1.0 if spread <= 1e-9 * max(abs(mean), 1.0) else spread
    return replace(parameters, item_means=means, item_deviations=deviations)


def _known(column: Floats) -> Floats:
    return column[~np.isnan(column)]
