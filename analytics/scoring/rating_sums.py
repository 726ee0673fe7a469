"""Ratings of many things, summed part by part: there may be more of them than memory is meant for."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.scoring.preference_parameters import PreferenceParameters

Floats = NDArray[np.float64]


class RatingSums:
    """What n things are rated, from 0 to n - 1."""

    def __init__(self, n: int, parameters: PreferenceParameters) -> None:
        self._n, self._parameters = n, parameters
        self._weight, self._total = np.zeros(n), np.zeros(n)

    def add(self, what: ArrayLike, age_days: ArrayLike, x: ArrayLike) -> None:
        """Some more ratings: of which thing, how old, and x (0..1; NaN is none)."""
        value = np.asarray(x, dtype=np.float64)
        given = ~np.isnan(value)
        thing = np.asarray(what, dtype=np.int64)[given]
        half_life = self._parameters.purchase_half_life_days
        weight = np.exp2(-np.asarray(age_days, dtype=np.float64)[given] / half_life)
        self._weight += np.bincount(thing, weight, self._n)
        self._total += np.bincount(thing, weight * value[given], self._n)

    def shrunk(self) -> Floats:
        """The rating of each, (K·m + Σw·x)/(K + Σw), m the weighted mean of all ratings."""
        weight, prior = self._weight.sum(), self._parameters.rating_prior_weight
        mean = self._total.sum() / weight if weight > 0.0 else self._parameters.rating_baseline
        return np.asarray((prior * mean + self._total) / (prior + self._weight))
