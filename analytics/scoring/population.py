"""The satisfaction of a whole population at once; agrees with `satisfaction.score` to 1e-9."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.scoring.parameters import FACTOR_NAMES, PRICE_LIMIT, FactorCode, ScoreParameters

Floats = NDArray[np.float64]
_N_FACTORS = len(FACTOR_NAMES)
_PRICE = FactorCode.PRICE - 1


@dataclass(frozen=True, slots=True)
class PopulationScores:
    """Results by customer position; the columns of the (n, 4) arrays are FACTOR_NAMES.

    factors, n_eff, contributions, points: (n, 4). score (0..100), raw, z, low_evidence: (n,). Meanings and
    units are those of `satisfaction.Satisfaction` and `FactorResult`.
    """

    factors: Floats
    n_eff: Floats
    contributions: Floats
    points: Floats
    score: Floats
    raw: Floats
    z: Floats
    low_evidence: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Columns:
    """The model as (sets, 4) arrays."""

    half_life: Floats
    prior: Floats
    baseline: Floats
    exponent: Floats


def score_population(
    customer: ArrayLike,
    factor: ArrayLike,
    x: ArrayLike,
    age_days: ArrayLike,
    n_customers: int,
    parameters: ScoreParameters | Sequence[ScoreParameters],
    parameter_set: ArrayLike | None = None,
) -> PopulationScores:
    """Score n_customers from all their observations (SCORES.md §1).

    customer: position 0..n_customers-1 of each observation. factor: FactorCode numbers. x: from
    `fact_arrays.values`, rows with NaN do not count. age_days: from `fact_arrays.age_days`.
    parameters: one model, or several with parameter_set giving each customer (n_customers,) the index of
    hers. Raises ValueError for arrays of different length, a position or code out of range, and a negative
    age.
    """
    columns = _columns(parameters)
    sets = _sets(parameter_set, n_customers, len(columns.prior))
    who, code, value, age = _rows(customer, factor, x, age_days, n_customers)
    weight = np.exp2(-age / columns.half_life[sets[who], code])
    slot = who * _N_FACTORS + code
    n_eff = _sum_by_slot(slot, weight, n_customers)
    total = _sum_by_slot(slot, weight * value, n_customers)
    return _finish(n_eff, total, columns, sets)


def _sum_by_slot(slot: NDArray[np.int64], amount: Floats, n_customers: int) -> Floats:
    sums = np.asarray(np.bincount(slot, amount, n_customers * _N_FACTORS), dtype=np.float64)
    return sums.reshape(n_customers, _N_FACTORS)


def _finish(n_eff: Floats, total: Floats, columns: _Columns, sets: NDArray[np.int64]) -> PopulationScores:
    prior, baseline, exponent = columns.prior[sets], columns.baseline[sets], columns.exponent[sets]
    ratio = (prior * baseline + total) / ((prior + n_eff) * baseline)
    log_mean = np.log(baseline[:, _PRICE])
    shift = (total[:, _PRICE] - n_eff[:, _PRICE] * log_mean) / (prior[:, _PRICE] + n_eff[:, _PRICE])
    log_ratio = np.log(ratio, where=np.arange(_N_FACTORS) != _PRICE, out=np.zeros_like(ratio))
    log_ratio[:, _PRICE] = shift
    factors = baseline * ratio
    factors[:, _PRICE] = np.clip(baseline[:, _PRICE] * np.exp(shift), 1.0 / PRICE_LIMIT, PRICE_LIMIT)
    contributions = exponent * log_ratio
    z = contributions.sum(axis=1)
    return PopulationScores(
        factors=factors,
        n_eff=n_eff,
        contributions=contributions,
        points=_points_per_z(z)[:, np.newaxis] * contributions,
        score=_score_of_z(z),
        raw=np.prod(factors**exponent, axis=1),
        z=z,
        low_evidence=np.asarray((n_eff < prior).all(axis=1)),
    )


def percentiles(scores: ArrayLike) -> Floats:
    """The mid-rank percentile of each score in its population, in (0, 100).

    100·(how many are below + half of those equal, itself among them)/n. An empty population gives an empty
    array; raises ValueError for NaN.
    """
    given = np.asarray(scores, dtype=np.float64)
    if np.isnan(given).any():
        raise ValueError("a score is not a number")
    ordered = np.sort(given)
    below = np.searchsorted(ordered, given, side="left")
    up_to = np.searchsorted(ordered, given, side="right")
    return 50.0 * (below + up_to) / max(given.size, 1)


def _score_of_z(z: Floats) -> Floats:
    small = np.exp(-np.abs(z))
    return np.where(z >= 0.0, 100.0, 100.0 * small) / (1.0 + small)


def _points_per_z(z: Floats) -> Floats:
    far = np.abs(z) > 1e-8
    return np.where(far, 50.0 * np.tanh(z / 2.0) / np.where(far, z, 1.0), 25.0)


def _columns(parameters: ScoreParameters | Sequence[ScoreParameters]) -> _Columns:
    models = [parameters] if isinstance(parameters, ScoreParameters) else list(parameters)
    if not models:
        raise ValueError("parameters is empty")

    def column(field: str) -> Floats:
        return np.array([[getattr(factor, field) for _, factor in model] for model in models], dtype=np.float64)

    return _Columns(column("half_life_days"), column("prior_weight"), column("baseline"), column("exponent"))


def _sets(parameter_set: ArrayLike | None, n_customers: int, n_sets: int) -> NDArray[np.int64]:
    if parameter_set is None:
        if n_sets != 1:
            raise ValueError("several parameters need parameter_set")
        return np.zeros(n_customers, dtype=np.int64)
    sets = np.asarray(parameter_set, dtype=np.int64)
    if sets.shape != (n_customers,):
        raise ValueError(f"parameter_set has shape {sets.shape}, not ({n_customers},)")
    _check_range("parameter_set", sets, 0, n_sets - 1)
    return sets


def _rows(
    customer: ArrayLike, factor: ArrayLike, x: ArrayLike, age_days: ArrayLike, n_customers: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, Floats]:
    """The observations that count, checked, with factors as columns 0..3."""
    who, code = np.asarray(customer, dtype=np.int64), np.asarray(factor, dtype=np.int64)
    value, age = np.asarray(x, dtype=np.float64), np.asarray(age_days, dtype=np.float64)
    if not who.shape == code.shape == value.shape == age.shape:
        raise ValueError(f"observations differ in shape: {who.shape}, {code.shape}, {value.shape}, {age.shape}")
    _check_range("customer", who, 0, n_customers - 1)
    _check_range("factor", code, FactorCode.QUALITY, FactorCode.PRICE)
    if not (age >= 0.0).all():
        raise ValueError("age_days has a negative or missing age: an observation after as_of")
    counts = ~np.isnan(value)
    if counts.all():
        return who, code - 1, value, age
    return who[counts], code[counts] - 1, value[counts], age[counts]


def _check_range(name: str, column: NDArray[np.int64], low: int, high: int) -> None:
    if column.size and not (low <= column.min() and column.max() <= high):
        raise ValueError(f"{name} has values outside {low}..{high}")
