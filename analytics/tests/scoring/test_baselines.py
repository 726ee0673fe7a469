"""The average customer, measured on a population."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring.baselines import BaselineSums, measure_baselines, with_baselines
from analytics.scoring.parameters import FactorCode, ScoreParameters
from analytics.scoring.population import score_population
from analytics.tests.scoring.strategies import DEFAULTS, parameters, quick

QUALITY, PRICE = FactorCode.QUALITY, FactorCode.PRICE


def test_a_baseline_is_the_mean_weighted_by_age() -> None:
    x, age = [1.0] * 20 + [0.4] * 20, [0.0] * 20 + [180.0] * 20
    model = measure_baselines([QUALITY] * 40, x, age, DEFAULTS)
    assert model.quality.baseline == pytest.approx((1.0 + 0.4 / 2) / 1.5)
    assert model.reliability == DEFAULTS.reliability
    assert model.quality.prior_weight == DEFAULTS.quality.prior_weight


def test_the_price_baseline_is_the_geometric_mean() -> None:
    x = [math.log(1.1)] * 15 + [math.log(0.9)] * 15
    model = measure_baselines([PRICE] * 30, x, [0.0] * 30, DEFAULTS)
    assert model.price.baseline == pytest.approx(math.sqrt(1.1 * 0.9))


def test_fewer_than_thirty_observations_keep_the_current_baseline() -> None:
    current = ScoreParameters.from_dict({"quality": {"baseline": 0.7}})
    assert measure_baselines([QUALITY] * 29, [1.0] * 29, [0.0] * 29, current) == current
    x = [1.0] * 29 + [math.nan]
    assert measure_baselines([QUALITY] * 30, x, [0.0] * 30, current) == current
    assert measure_baselines([], [], [], current, minimum=0) == current


def test_baselines_stay_inside_their_limits() -> None:
    assert measure_baselines([QUALITY] * 30, [1.0] * 30, [0.0] * 30, DEFAULTS).quality.baseline == 0.999
    assert measure_baselines([QUALITY] * 30, [0.0] * 30, [1e9] * 30, DEFAULTS).quality.baseline == 0.001


def test_impossible_arrays_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in shape"):
        measure_baselines([1], [1.0, 1.0], [0.0], DEFAULTS)
    with pytest.raises(ValueError, match="age_days"):
        measure_baselines([1], [1.0], [-1.0], DEFAULTS)


@quick
@given(st.floats(0.05, 0.95), st.floats(-1.3, 1.3), parameters)
def test_a_customer_like_everybody_else_has_exactly_the_average_score(
    share: float, log_price: float, model: ScoreParameters
) -> None:
    n = 40
    factor = np.repeat([1, 2, 3, 4], n)
    x = np.where(factor == PRICE, log_price, share)
    age = np.zeros(4 * n)
    measured = measure_baselines(factor, x, age, model)
    scores = score_population(np.tile(np.arange(n), 4), factor, x, age, n, measured).score
    assert scores == pytest.approx(50, abs=1e-9)


@quick
@given(parameters, st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_a_population_in_parts_has_the_baselines_of_the_whole(model: ScoreParameters, parts: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    n = 200
    factor = chance.integers(1, 5, n)
    x = np.where(factor == PRICE, chance.uniform(-1.3, 1.3, n), chance.uniform(0, 1, n))
    age = chance.uniform(0, 4000, n)
    whole = measure_baselines(factor, x, age, model)
    sums = BaselineSums(model)
    for part in np.array_split(np.arange(n), parts):
        sums.add(factor[part], x[part], age[part])
    measured = with_baselines(model, sums.measured())
    for (_name, one), (_same, other) in zip(whole, measured, strict=True):
        assert one.baseline == pytest.approx(other.baseline, rel=1e-9)
