"""The average customer, measured: the baselines that a new score model version may freeze (SCORES.md §1)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.scoring.parameters import BASELINE_LIMITS, FACTOR_CODES, ScoreParameters

MINIMUM_OBSERVATIONS = 30


def measure_baselines(
    factor: ArrayLike,
    x: ArrayLike,
    age_days: ArrayLike,
    current: ScoreParameters,
    minimum: int = MINIMUM_OBSERVATIONS,
) -> ScoreParameters:
    """The current parameters with the baselines of a population of observations.

    Each baseline is the mean of x, weighted 2^(-age/half-life) by the current half-lives; for price, e to the mean
    of the logarithms. A factor with fewer than `minimum` observations keeps its current baseline, and no baseline
    leaves the limits that parameters allow.
    factor: FactorCode numbers. x: from `fact_arrays.values`, rows with NaN do not count. age_days: 0 or more.
    Raises ValueError for arrays of different length and a negative age.
    """
    codes, value = np.asarray(factor, dtype=np.int64), np.asarray(x, dtype=np.float64)
    age = np.asarray(age_days, dtype=np.float64)
    if not codes.shape == value.shape == age.shape:
        raise ValueError(f"observations differ in shape: {codes.shape}, {value.shape}, {age.shape}")
    if not (age >= 0.0).all():
        raise ValueError("age_days has a negative or missing age: an observation after as_of")
    measured = {}
    for name, parameters in current:
        rows = (codes == FACTOR_CODES[name]) & ~np.isnan(value)
        mean = _mean(value[rows], age[rows], parameters.half_life_days) if rows.sum() >= minimum else None
        if mean is not None:
            low, high = BASELINE_LIMITS[name]
            baseline = math.exp(mean) if name == "price" else mean
            measured[name] = replace(parameters, baseline=min(max(baseline, low), high))
    return replace(current, **measured)


def _mean(x: NDArray[np.float64], age_days: NDArray[np.float64], half_life_days: float) -> float | None:
    """The weighted mean; None of nothing. Ages count from the youngest, or all weights might round to 0."""
    if not x.size:
        return None
    weight = np.exp2(-(age_days - age_days.min()) / half_life_days)
    return float((weight * x).sum() / weight.sum())
