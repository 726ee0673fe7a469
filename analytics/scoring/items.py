"""Which products go together, from what customers bought: item-item cosine in sparse matrices (SCORES.md §2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from analytics.scoring.preference_parameters import PreferenceParameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NEIGHBOURS = 20
"""So many products that go best with one are kept. More rank worse (docs/benchmarks.md): what goes a little with
everything is what everybody buys."""

COSINE_DECIMALS = 12
PRODUCTS_AT_ONCE = 512
"""So many rows of the product by product matrix are in memory at once: 20,000 columns of them take 120 MB at most."""


@dataclass(frozen=True, slots=True)
class Baskets:
    """What customers bought: one row a customer and product, their newest purchase of it. weight: 2^(-age/H)."""

    customer: Ints
    item: Ints
    weight: Floats
    n_customers: int
    n_items: int

    @classmethod
    def of(
        cls,
        customer: ArrayLike,
        item: ArrayLike,
        age_days: ArrayLike,
        n_customers: int,
        n_items: int,
        half_life_days: float,
    ) -> Baskets:
        """Make them of any purchases, in any order. Raises ValueError for columns of different length, a negative age
        and positions out of range."""
        who, what = np.asarray(customer, dtype=np.int64), np.asarray(item, dtype=np.int64)
        age = np.asarray(age_days, dtype=np.float64)
        if not who.shape == what.shape == age.shape:
            raise ValueError(f"columns differ in shape: {who.shape}, {what.shape}, {age.shape}")
        if not (age >= 0.0).all():
            raise ValueError("age_days has a negative or missing age: an event after as_of")
        for name, column, size in (("customer", who, n_customers), ("item", what, n_items)):
            if column.size and not (column.min() >= 0 and column.max() < size):
                raise ValueError(f"{name} has positions outside 0..{size - 1}")
        slot = who * n_items + what
        order = np.lexsort((age, slot))
        slot = slot[order]
        newest = order[np.concatenate(([True], slot[1:] != slot[:-1])) if slot.size else slot]
        return cls(who[newest], what[newest], np.exp2(-age[newest] / half_life_days), n_customers, n_items)

    def matrix(self) -> Any:
        """Customers by products."""
        return sparse.csr_matrix((self.weight, (self.customer, self.item)), shape=(self.n_customers, self.n_items))

    def buyers(self) -> Floats:
        """Decayed buyers of each product."""
        return np.asarray(np.bincount(self.item, self.weight, self.n_items), dtype=np.float64)


def fit_items(baskets: Baskets, parameters: PreferenceParameters, *, neighbours: int = NEIGHBOURS) -> Any:
    """The products that go best with each product, itself among them: a sparse matrix of
    cos(i, j) = Σ w_ci·w_cj / √((Σ w_ci² + s)·(Σ w_cj² + s)), the best `neighbours` of each row i.

    s (item_prior_weight) keeps two products that one customer happened to buy from being the best of friends.
    Memory: the purchases and PRODUCTS_AT_ONCE rows, whatever the number of customers.
    """
    weights = baskets.matrix()
    norm = np.bincount(baskets.item, baskets.weight**2, baskets.n_items) + parameters.item_prior_weight
    scaled = sparse.csc_matrix(weights @ sparse.diags_array(1.0 / np.sqrt(norm)))
    by_customer = scaled.tocsr()
    parts = [
        _best(scaled[:, start : start + PRODUCTS_AT_ONCE].T.tocsr() @ by_customer, neighbours)
        for start in range(0, baskets.n_items, PRODUCTS_AT_ONCE)
    ]
    shape = (baskets.n_items, baskets.n_items)
    return sparse.vstack(parts, format="csr") if parts else sparse.csr_matrix(shape)


def _best(rows: Any, most: int) -> Any:
    """The largest `most` entries of each row; of equal ones, those of the lower columns."""
    rows = rows.tocsr()
    lengths = np.diff(rows.indptr)
    of_row = np.repeat(np.arange(len(lengths)), lengths)
    # What is surely not among the best is left out before the sort, which is what costs.
    kept = rows.data >= _least(rows, most)[of_row]
    of_row, column, value = of_row[kept], rows.indices[kept], rows.data[kept]
    # Rounded, so that the order of equals does not hang on how sums were made.
    order = np.lexsort((column, -np.round(value, COSINE_DECIMALS), of_row))
    begins = np.concatenate(([0], np.cumsum(np.bincount(of_row, minlength=len(lengths)))))
    place = np.arange(len(order)) - begins[of_row[order]]
    best = order[place < most]
    return sparse.csr_matrix((value[best], (of_row[best], column[best])), shape=rows.shape)


def _least(rows: Any, most: int) -> Floats:
    """For each row a value that its best `most` entries reach."""
    least = np.zeros(rows.shape[0])
    for row, (begin, end) in enumerate(zip(rows.indptr[:-1].tolist(), rows.indptr[1:].tolist(), strict=True)):
        if end - begin > most:
            least[row] = np.partition(rows.data[begin:end], end - begin - most)[end - begin - most]
    return least - 10.0**-COSINE_DECIMALS


def affinities(baskets: Baskets, neighbours: Any) -> Any:
    """How well each product goes with what each customer bought: Σ_i w_ci·cos(i, j) / Σ_i w_ci, sparse.

    Newer purchases weigh more. Whoever bought nothing has none."""
    weights = baskets.matrix()
    total = np.asarray(weights.sum(axis=1)).ravel()
    scale = np.divide(1.0, total, where=total > 0.0, out=np.zeros_like(total))
    return sparse.csr_matrix(sparse.diags_array(scale) @ weights @ neighbours)
