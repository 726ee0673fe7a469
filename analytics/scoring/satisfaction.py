"""One customer's satisfaction: Quality × Reliability × Responsiveness / Price, and the points of each fact.

Formulas: SCORES.md §1. Every sum is `math.fsum`, so that neither the order of the facts nor repeating the
calculation changes a bit of the result.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.scoring.ages import age_days, since_epoch
from analytics.scoring.facts import Fact, fact_value
from analytics.scoring.parameters import FACTOR_NAMES, PRICE_LIMIT, FactorParameters, ScoreParameters


@dataclass(frozen=True, slots=True)
class Evidence:
    """One observation and what it did.

    x: unitless, see `fact_value`. weight: 2^(-age/half-life), in (0, 1]. contribution: its share of the
    factor's contribution. points: its share of the factor's points.
    """

    observation_id: int
    subject_type: str
    subject_id: int
    measure: str
    at: datetime
    x: float
    weight: float
    contribution: float
    points: float


@dataclass(frozen=True, slots=True)
class FactorResult:
    """One factor: value and baseline in its own unit, n_eff the sum of weights.

    contribution: c = e·ln(value/baseline); the four sum to z. points: how many of the score's points above or
    below 50 it explains; the four sum to score - 50. low_evidence: n_eff below the prior weight.
    """

    name: str
    value: float
    baseline: float
    n_eff: float
    contribution: float
    points: float
    low_evidence: bool
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """A score of 0..100 (50 is the average customer), with raw, z and the four factors behind it.

    raw: the product of the factors, each to its exponent. low_evidence: no factor rests on as many
    observations as its prior is worth; the score is never shown without saying so.
    """

    as_of: datetime
    score: float
    raw: float
    z: float
    factors: tuple[FactorResult, ...]
    low_evidence: bool


@dataclass(frozen=True, slots=True)
class _Observation:
    fact: Fact
    x: float
    weight: float


@dataclass(frozen=True, slots=True)
class _Estimate:
    """A factor before points are known. gain: contribution per unit of shift, the slope of the secant."""

    name: str
    value: float
    parameters: FactorParameters
    n_eff: float
    contribution: float
    gain: float
    observations: Sequence[_Observation]


def score(facts: Iterable[Fact], parameters: ScoreParameters, as_of: datetime) -> Satisfaction:
    """The satisfaction of one customer as of a moment, from the facts visible then (SCORES.md §1).

    Without facts the score is exactly 50. Raises ValueError for a fact after as_of, a naive time, or a fact
    with an impossible value.
    """
    observations = _observe(facts, parameters, as_of)
    estimates = [_estimate(name, observations[name], factor) for name, factor in parameters]
    z = math.fsum(estimate.contribution for estimate in estimates)
    slope = points_per_z(z)
    factors = tuple(_explain(estimate, slope) for estimate in estimates)
    raw = math.prod(math.pow(estimate.value, estimate.parameters.exponent) for estimate in estimates)
    return Satisfaction(as_of, score_of_z(z), raw, z, factors, all(factor.low_evidence for factor in factors))


def score_of_z(z: float) -> float:
    """100·σ(z) without overflow; z = 0 gives exactly 50."""
    small = math.exp(-abs(z))
    return 100.0 / (1.0 + small) if z >= 0.0 else 100.0 * small / (1.0 + small)


def points_per_z(z: float) -> float:
    """(score - 50)/z, the points per unit of contribution; at z = 0 its limit 100·s·(1 - s) = 25.

    Written as 50·tanh(z/2)/z, which equals it and stays exact however small z is.
    """
    return 50.0 * math.tanh(z / 2.0) / z if abs(z) > 1e-8 else 25.0


def _observe(facts: Iterable[Fact], parameters: ScoreParameters, as_of: datetime) -> dict[str, list[_Observation]]:
    since_epoch(as_of, "as_of")
    half_lives = {name: factor.half_life_days for name, factor in parameters}
    observations: dict[str, list[_Observation]] = {name: [] for name in FACTOR_NAMES}
    for fact in sorted(facts, key=_when_and_which):
        age = age_days(fact.at, as_of, f"observation {fact.observation_id}")
        x = fact_value(fact)
        if x is not None:
            weight = 1.0 if fact.is_waiting else 2.0 ** -(age / half_lives[fact.factor])
            observations[fact.factor].append(_Observation(fact, x, weight))
    return observations


def _when_and_which(fact: Fact) -> tuple[timedelta, int]:
    return since_epoch(fact.at, f"observation {fact.observation_id}"), fact.observation_id


def _estimate(name: str, observations: Sequence[_Observation], parameters: FactorParameters) -> _Estimate:
    n_eff = math.fsum(row.weight for row in observations)
    if name == "price":
        value, contribution, gain = _shrink_price(observations, n_eff, parameters)
    else:
        value, contribution, gain = _shrink_share(observations, n_eff, parameters)
    return _Estimate(name, value, parameters, n_eff, contribution, gain, observations)


def _shrink_share(
    observations: Sequence[_Observation], n_eff: float, parameters: FactorParameters
) -> tuple[float, float, float]:
    """(value, contribution, gain) of a share: the Bayesian average, kept as a ratio to its baseline.

    (K·m + Σw·x) / ((K + Σw)·m) is exactly 1 without observations, so the contribution is then exactly 0.
    """
    prior, mean, exponent = parameters.prior_weight, parameters.baseline, parameters.exponent
    total = math.fsum(row.weight * row.x for row in observations)
    ratio = (prior * mean + total) / ((prior + n_eff) * mean)
    shift = math.fsum(row.weight * (row.x - mean) for row in observations) / (prior + n_eff) / mean
    return mean * ratio, exponent * math.log(ratio), exponent * _secant(ratio, shift) / mean


def _secant(ratio: float, shift: float) -> float:
    """ln(1 + shift)/shift where ratio = 1 + shift, each given at its own full precision; 1 where shift is 0."""
    if shift == 0.0:
        return 1.0
    return (math.log1p(shift) if abs(shift) < 1e-3 else math.log(ratio)) / shift


def _shrink_price(
    observations: Sequence[_Observation], n_eff: float, parameters: FactorParameters
) -> tuple[float, float, float]:
    """(value, contribution, gain) of the price factor: the Bayesian average of logarithms."""
    log_mean = math.log(parameters.baseline)
    shift = math.fsum(row.weight * (row.x - log_mean) for row in observations) / (parameters.prior_weight + n_eff)
    value = min(max(parameters.baseline * math.exp(shift), 1.0 / PRICE_LIMIT), PRICE_LIMIT)
    return value, parameters.exponent * shift, parameters.exponent


def _explain(estimate: _Estimate, slope: float) -> FactorResult:
    parameters = estimate.parameters
    return FactorResult(
        name=estimate.name,
        value=estimate.value,
        baseline=parameters.baseline,
        n_eff=estimate.n_eff,
        contribution=estimate.contribution,
        points=slope * estimate.contribution,
        low_evidence=estimate.n_eff < parameters.prior_weight,
        evidence=tuple(_evidence(row, estimate, slope) for row in estimate.observations),
    )


def _evidence(row: _Observation, estimate: _Estimate, slope: float) -> Evidence:
    """The share of one observation: it moved the average by d = w·(x - m)/(K + Σw), and Σd is the whole
    shift.

    The contribution is split in proportion to d: d·(contribution/Σd). That ratio (the gain) has a limit
    where the observations cancel out, so a factor that ends on its baseline still shows what pulled it
    either way.
    """
    parameters = estimate.parameters
    mean = math.log(parameters.baseline) if estimate.name == "price" else parameters.baseline
    shift = row.weight * (row.x - mean) / (parameters.prior_weight + estimate.n_eff)
    fact = row.fact
    return Evidence(
        observation_id=fact.observation_id,
        subject_type=fact.subject_type,
        subject_id=fact.subject_id,
        measure=fact.measure,
        at=fact.at,
        x=row.x,
        weight=row.weight,
        contribution=estimate.gain * shift,
        points=slope * estimate.gain * shift,
    )
