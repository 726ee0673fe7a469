"""The population path: the same numbers as the pure function, for everyone at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring.fact_arrays import age_days, values
from analytics.scoring.facts import MEASURE_CODES, Fact
from analytics.scoring.parameters import FACTOR_CODES, ScoreParameters
from analytics.scoring.population import PopulationScores, percentiles, score_population
from analytics.scoring.satisfaction import Satisfaction, score
from analytics.tests.scoring.strategies import AS_OF, DEFAULTS, fact, fact_lists, parameters, quick

Population = list[list[Fact]]
populations = st.lists(fact_lists, min_size=1, max_size=5)


def score_all(
    population: Population, model: ScoreParameters | list[ScoreParameters], sets: list[int] | None = None
) -> PopulationScores:
    rows = [(position, row) for position, facts in enumerate(population) for row in facts]
    measures = [MEASURE_CODES[row.measure] for _, row in rows]
    value = [_number(row.value) for _, row in rows]
    x = values(
        measures,
        value,
        [_number(row.reference) for _, row in rows],
        [_number(row.elapsed_seconds) for _, row in rows],
    )
    age = age_days([row.at.timestamp() for _, row in rows], AS_OF.timestamp(), measures, value)
    factors = [FACTOR_CODES[row.factor] for _, row in rows]
    who = [position for position, _ in rows]
    return score_population(who, factors, x, age, len(population), model, sets)


def near(actual: object, expected: object) -> bool:
    return np.allclose(np.asarray(actual, float), np.asarray(expected, float), rtol=0, atol=1e-9)


def assert_same(everyone: PopulationScores, position: int, single: Satisfaction) -> None:
    assert near(everyone.score[position], single.score)
    assert near(everyone.raw[position], single.raw)
    assert near(everyone.z[position], single.z)
    assert near(everyone.factors[position], [factor.value for factor in single.factors])
    assert near(everyone.n_eff[position], [factor.n_eff for factor in single.factors])
    assert near(everyone.contributions[position], [factor.contribution for factor in single.factors])
    assert near(everyone.points[position], [factor.points for factor in single.factors])
    assert bool(everyone.low_evidence[position]) == single.low_evidence


@quick
@given(populations, parameters)
def test_the_population_path_equals_the_pure_function(population: Population, model: ScoreParameters) -> None:
    everyone = score_all(population, model)
    for position, rows in enumerate(population):
        assert_same(everyone, position, score(rows, model, AS_OF))


@quick
@given(populations, st.lists(parameters, min_size=2, max_size=3), st.data())
def test_each_customer_is_scored_by_the_model_of_her_segment(
    population: Population, models: list[ScoreParameters], data: st.DataObject
) -> None:
    choice = st.lists(st.integers(0, len(models) - 1), min_size=len(population), max_size=len(population))
    sets = data.draw(choice)
    everyone = score_all(population, models, sets)
    for position, rows in enumerate(population):
        assert_same(everyone, position, score(rows, models[sets[position]], AS_OF))


def test_customers_without_observations_have_exactly_50() -> None:
    everyone = score_all([[], []], DEFAULTS)
    assert everyone.score.tolist() == [50.0, 50.0]
    assert everyone.factors.tolist() == [[0.8, 0.9, 0.5, 1.0]] * 2
    assert everyone.low_evidence.all()


def test_as_many_observations_as_the_prior_is_worth_are_enough() -> None:
    rows = [fact("csat", 5.0, observation_id=number) for number in range(5)]
    assert score_all([rows, rows[:4]], DEFAULTS).low_evidence.tolist() == [False, True]


def test_nobody_at_all_is_no_error() -> None:
    assert score_all([], DEFAULTS).score.shape == (0,)


@quick
@given(populations, parameters)
def test_points_sum_to_the_distance_from_50(population: Population, model: ScoreParameters) -> None:
    everyone = score_all(population, model)
    assert near(everyone.points.sum(axis=1), everyone.score - 50)


@pytest.mark.parametrize(
    ("customer", "factor", "x", "age", "problem"),
    [
        ([2], [1], [1.0], [0.0], "customer"),
        ([-1], [1], [1.0], [0.0], "customer"),
        ([0], [0], [1.0], [0.0], "factor"),
        ([0], [5], [1.0], [0.0], "factor"),
        ([0], [1], [1.0], [-1.0], "age_days"),
        ([0], [1], [1.0], [math.nan], "age_days"),
        ([0, 1], [1], [1.0], [0.0], "differ in shape"),
    ],
)
def test_impossible_arrays_are_refused(
    customer: list[int], factor: list[int], x: list[float], age: list[float], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        score_population(customer, factor, x, age, 2, DEFAULTS)


def test_several_models_need_a_choice_per_customer() -> None:
    with pytest.raises(ValueError, match="several parameters need parameter_set"):
        score_population([], [], [], [], 2, [DEFAULTS, DEFAULTS])
    with pytest.raises(ValueError, match=r"parameter_set has shape \(1,\)"):
        score_population([], [], [], [], 2, [DEFAULTS, DEFAULTS], [0])
    with pytest.raises(ValueError, match=r"parameter_set has values outside 0\.\.1"):
        score_population([], [], [], [], 2, [DEFAULTS, DEFAULTS], [0, 2])
    with pytest.raises(ValueError, match="parameters is empty"):
        score_population([], [], [], [], 2, [])


def test_percentiles_share_the_rank_of_equals() -> None:
    assert percentiles([10, 20, 20, 30]).tolist() == [12.5, 50.0, 50.0, 87.5]
    assert percentiles([]).tolist() == []
    assert percentiles([7]).tolist() == [50.0]
    with pytest.raises(ValueError, match="not a number"):
        percentiles([math.nan])


@quick
@given(st.lists(st.integers(0, 100), min_size=1))
def test_percentiles_keep_the_order_and_average_50(scores: list[int]) -> None:
    ranks = percentiles(scores)
    assert ranks.mean() == pytest.approx(50)
    assert np.array_equal(np.argsort(ranks, kind="stable"), np.argsort(scores, kind="stable"))


def _number(value: float | None) -> float:
    return math.nan if value is None else value
