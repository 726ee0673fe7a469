"""How good a ranking is: nDCG and hit rate of the best k, with an interval by customer (SCORES.md §2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]

BEST = 10
DRAWS = 2_000
CONFIDENCE = 0.95


def ndcg_and_hits(scores: Floats, truth: Truth, *, best: int = BEST) -> tuple[Floats, Floats]:
    """Per row: nDCG@best, and whether one of the best was bought (0 or 1).

    scores: (rows, products), -inf for products that do not compete; of equal ones the lower column comes first. truth:
    what was bought. A row without any truth has no answer: NaN.
    """
    best = min(best, scores.shape[1])
    top = np.argsort(-scores, axis=1, kind="stable")[:, :best]
    found = np.take_along_axis(truth, top, axis=1)
    discount = 1.0 / np.log2(np.arange(2, best + 2))
    ideal = np.cumsum(discount)
    bought = np.asarray(truth.sum(axis=1), dtype=np.int64)
    there = bought > 0
    ndcg, hits = np.full(len(scores), np.nan), np.full(len(scores), np.nan)
    ndcg[there] = (found * discount).sum(axis=1)[there] / ideal[np.minimum(bought[there], best) - 1]
    hits[there] = found[there].max(axis=1, initial=False)
    return ndcg, hits


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its bootstrap interval."""

    mean: float
    low: float
    high: float


def bootstrap(values: Floats, *, seed: int = 1, draws: int = DRAWS) -> Estimate:
    """The mean over customers with the interval that 95 of 100 samples of as many customers would fall into. Without
    values all three are NaN."""
    if not len(values):
        return Estimate(np.nan, np.nan, np.nan)
    chance = np.random.default_rng(seed)
    means = np.array([values[chance.integers(0, len(values), len(values))].mean() for _ in range(draws)])
    edge = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(means, (edge, 1.0 - edge))
    return Estimate(float(values.mean()), float(low), float(high))
