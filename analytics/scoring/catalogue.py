"""From purchases to what the whole population says of each product, and what is known of each buyer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.scoring.item_arrays import LEAST_BUYERS, Buyers, Items
from analytics.scoring.items import NEIGHBOURS, Baskets, fit_items
from analytics.scoring.preference_parameters import PreferenceParameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lines:
    """Order lines: one row each. customer, item, category: positions; the category of a product without one comes
    after all others. age_days: 0 or more. log_price: ln unit price, NaN where there is none."""

    customer: Ints
    item: Ints
    category: Ints
    age_days: Floats
    log_price: Floats

    @classmethod
    def of(
        cls, customer: ArrayLike, item: ArrayLike, category: ArrayLike, age_days: ArrayLike, log_price: ArrayLike
    ) -> Lines:
        """Make the columns of anything array-like."""
        who, what, of = (np.asarray(column, dtype=np.int64) for column in (customer, item, category))
        age, price = (np.asarray(column, dtype=np.float64) for column in (age_days, log_price))
        return cls(who, what, of, age, price)

    def baskets(self, n_customers: int, n_items: int, parameters: PreferenceParameters) -> Baskets:
        """What was bought, by customer and product."""
        half_life = parameters.item_half_life_days
        return Baskets.of(self.customer, self.item, self.age_days, n_customers, n_items, half_life)


def measure_items(
    baskets: Baskets,
    category: ArrayLike,
    log_price: ArrayLike,
    rating: ArrayLike,
    parameters: PreferenceParameters,
    *,
    on_sale: ArrayLike | None = None,
    every: int = 1,
    neighbours: int = NEIGHBOURS,
) -> Items:
    """What everybody's purchases say of each product; category, log_price, rating and on_sale (without: all)
    by product. `every`: the baskets are those of every n-th customer."""
    return Items(
        category=np.asarray(category, dtype=np.int64),
        popularity=np.log(LEAST_BUYERS + every * baskets.buyers()),
        log_price=np.asarray(log_price, dtype=np.float64),
        rating=np.asarray(rating, dtype=np.float64),
        neighbours=fit_items(baskets, parameters, neighbours=neighbours),
        on_sale=np.ones(baskets.n_items, dtype=bool) if on_sale is None else np.asarray(on_sale, dtype=bool),
    )


def buyers_of(
    lines: Lines,
    n_items: int,
    lift: Floats,
    interest: Floats,
    said: Any,
    weights: Floats,
    parameters: PreferenceParameters,
) -> Buyers:
    """What is known of customers 0..n-1. lift, interest: (n, g) features of categories; said: see `Buyers`."""
    n, g = lift.shape
    slot = lines.customer * (g + 1) + lines.category
    given = np.isfinite(lines.log_price)
    weight = np.exp2(-lines.age_days[given] / parameters.purchase_half_life_days)
    total = np.bincount(slot[given], weight, n * (g + 1))
    summed = np.bincount(slot[given], weight * lines.log_price[given], n * (g + 1))
    own = np.full(n * (g + 1), np.nan)
    np.divide(summed, total, where=total > 0.0, out=own)
    none = np.zeros((n, 1))
    return Buyers(
        baskets=lines.baskets(n, n_items, parameters),
        own_price=own.reshape(n, g + 1),
        lift=np.hstack((lift, none)),
        interest=np.hstack((interest, none)),
        said=said,
        weights=weights,
    )


def only(lines: Lines, rows: NDArray[np.bool_]) -> Lines:
    """Some of the lines."""
    return replace(
        lines,
        **{name: getattr(lines, name)[rows] for name in ("customer", "item", "category", "age_days", "log_price")},
    )
