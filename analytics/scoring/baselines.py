"""The average customer, measured: the baselines that a new score model version may freeze (SCORES.md §1)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.scoring.parameters import BASELINE_LIMITS, FACTOR_CODES, FACTOR_NAMES, ScoreParameters

MINIMUM_OBSERVATIONS = 30


@dataclass(slots=True)
class _Sum:
    """A weighted sum that forgets no old fact: weights count from the youngest, or all might round to 0."""

    count: int = 0
    youngest: float = 0.0  # days
    weight: float = 0.0
    total: float = 0.0

    def add(self, x: NDArray[np.float64], age_days: NDArray[np.float64], half_life_days: float) -> None:
        if not x.size:
            return
        youngest = float(age_days.min())
        if self.count:
            youngest = min(self.youngest, youngest)
        else:
            self.youngest = youngest
        shrunk = 2.0 ** -((self.youngest - youngest) / half_life_days)
        weight = np.exp2(-(age_days - youngest) / half_life_days)
        self.weight = self.weight * shrunk + float(weight.sum())
        self.total = self.total * shrunk + float((weight * x).sum())
        self.count, self.youngest = self.count + int(x.size), youngest


@dataclass(slots=True)
class BaselineSums:
    """The baselines of a population that comes in parts, in a few numbers however many they are.

    Each baseline is the mean of x, weighted 2^(-age/half-life) by the half-lives of `current`; for price, e to the mean
    of the logarithms.
    """

    current: ScoreParameters
    _sums: dict[str, _Sum] = field(default_factory=lambda: {name: _Sum() for name in FACTOR_NAMES})

    def add(self, factor: ArrayLike, x: ArrayLike, age_days: ArrayLike) -> None:
        """Count these observations in.

        factor: FactorCode numbers. x: from `fact_arrays.values`, rows with NaN do not count. age_days: 0 or more.
        Raises ValueError for arrays of different length and a negative age.
        """
        codes, value = np.asarray(factor, dtype=np.int64), np.asarray(x, dtype=np.float64)
        age = np.asarray(age_days, dtype=np.float64)
        if not codes.shape == value.shape == age.shape:
            raise ValueError(f"observations differ in shape: {codes.shape}, {value.shape}, {age.shape}")
        if not (age >= 0.0).all():
            raise ValueError("age_days has a negative or missing age: an observation after as_of")
        for name, parameters in self.current:
            rows = (codes == FACTOR_CODES[name]) & ~np.isnan(value)
            self._sums[name].add(value[rows], age[rows], parameters.half_life_days)

    def measured(self, minimum: int = MINIMUM_OBSERVATIONS) -> dict[str, float]:
        """The baseline of each factor with `minimum` observations or more, inside the limits of parameters."""
        found = {}
        for name, sums in self._sums.items():
            if sums.count >= minimum and sums.count:
                mean = sums.total / sums.weight
                low, high = BASELINE_LIMITS[name]
                found[name] = min(max(math.exp(mean) if name == "price" else mean, low), high)
        return found


def measure_baselines(
    factor: ArrayLike,
    x: ArrayLike,
    age_days: ArrayLike,
    current: ScoreParameters,
    minimum: int = MINIMUM_OBSERVATIONS,
) -> ScoreParameters:
    """The current parameters with the baselines of a population of observations, given at once; see BaselineSums.

    A factor with fewer than `minimum` observations keeps its current baseline.
    """
    sums = BaselineSums(current)
    sums.add(factor, x, age_days)
    return with_baselines(current, sums.measured(minimum))


def with_baselines(current: ScoreParameters, baselines: dict[str, float]) -> ScoreParameters:
    """The parameters with these baselines in the place of their own."""
    return replace(
        current, **{name: replace(own, baseline=baselines[name]) for name, own in current if name in baselines}
    )
