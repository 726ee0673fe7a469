"""The properties of the satisfaction score (SCORES.md §1), each with generated input."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytics.scoring.facts import SCALES, Fact
from analytics.scoring.parameters import FACTOR_NAMES, ScoreParameters
from analytics.scoring.satisfaction import Satisfaction, points_per_z, score
from analytics.tests.scoring.strategies import (
    AS_OF,
    DEFAULTS,
    fact,
    fact_lists,
    facts,
    moments,
    parameters,
    quick,
    settled_lists,
)


def values_of(result: Satisfaction) -> dict[str, float]:
    return {factor.name: factor.value for factor in result.factors}


@quick
@given(fact_lists, parameters)
def test_bounds(rows: list[Fact], model: ScoreParameters) -> None:
    result = score(rows, model, AS_OF)
    assert 0 < result.score < 100
    for factor in result.factors:
        low, high = (0.25, 4.0) if factor.name == "price" else (0.0, 1.0)
        assert low <= factor.value <= high
        assert 0 <= factor.n_eff <= len(rows)
        assert all(0 <= row.weight <= 1 for row in factor.evidence)


@quick
@given(fact_lists)
def test_raw_is_the_formula(rows: list[Fact]) -> None:
    result = score(rows, DEFAULTS, AS_OF)
    value = values_of(result)
    raw = value["quality"] * value["reliability"] * value["responsiveness"] / value["price"]
    assert result.raw == pytest.approx(raw, rel=1e-12)


@quick
@given(fact_lists, parameters)
def test_the_score_is_raw_against_the_raw_of_the_average_customer(rows: list[Fact], model: ScoreParameters) -> None:
    result = score(rows, model, AS_OF)
    assert result.score == pytest.approx(100 * result.raw / (result.raw + model.raw_baseline), abs=1e-9)


@quick
@given(fact_lists, facts("csat", "review", "nps", "ces"), parameters)
def test_the_score_rises_with_any_rating(rows: list[Fact], rating: Fact, model: ScoreParameters) -> None:
    assert rating.value is not None
    assume(rating.value < SCALES[rating.measure][1])
    assume(AS_OF - rating.at < timedelta(days=10 * model.quality.half_life_days))
    better = replace(rating, value=rating.value + 1)
    assert score([*rows, better], model, AS_OF).score > score([*rows, rating], model, AS_OF).score


@quick
@given(fact_lists, facts("reply", "price"), st.floats(1.01, 3), parameters)
def test_the_score_falls_with_response_time_and_with_paid_price(
    rows: list[Fact], row: Fact, k: float, model: ScoreParameters
) -> None:
    assume(row.value is not None)
    assert row.value is not None
    worse = replace(row, value=row.value * k)
    assert score([*rows, worse], model, AS_OF).score <= score([*rows, row], model, AS_OF).score


@pytest.mark.parametrize("row", [fact("reply", 3600.0, 7200.0), fact("price", 90.0, 100.0)])
def test_the_fall_is_strict_inside_the_clip(row: Fact) -> None:
    assert row.value is not None
    worse = replace(row, value=row.value * 1.01)
    assert score([worse], DEFAULTS, AS_OF).score < score([row], DEFAULTS, AS_OF).score


@quick
@given(st.lists(facts("price", "reply"), max_size=8), st.floats(1e-3, 1e3), parameters)
def test_the_unit_of_money_and_of_time_changes_nothing(rows: list[Fact], k: float, model: ScoreParameters) -> None:
    def in_unit(row: Fact) -> Fact:
        assert row.reference is not None
        value = None if row.value is None else k * row.value
        elapsed = None if row.elapsed_seconds is None else k * row.elapsed_seconds
        return replace(row, value=value, reference=k * row.reference, elapsed_seconds=elapsed)

    # On the very edge of its target, a waiting reply may count in one unit and not in another.
    assume(all(abs((row.elapsed_seconds or 0) / (row.reference or 1) - 1) > 1e-9 for row in rows))
    scaled = score([in_unit(row) for row in rows], model, AS_OF)
    assert scaled.score == pytest.approx(score(rows, model, AS_OF).score, abs=1e-9)


@quick
@given(parameters)
def test_no_observation_gives_exactly_50(model: ScoreParameters) -> None:
    result = score([], model, AS_OF)
    assert result.score == 50.0
    assert result.z == 0.0
    assert result.raw == model.raw_baseline
    assert result.low_evidence
    assert [factor.value for factor in result.factors] == [factor.baseline for factor in result.factors]


@quick
@given(settled_lists, parameters, st.floats(0, 2000))
def test_with_no_new_observation_each_factor_moves_toward_its_prior(
    rows: list[Fact], model: ScoreParameters, days: float
) -> None:
    now, later = score(rows, model, AS_OF), score(rows, model, AS_OF + timedelta(days=days))
    for before, after in zip(now.factors, later.factors, strict=True):
        assert after.contribution * before.contribution >= 0
        assert abs(after.contribution) <= abs(before.contribution) + 1e-12


@quick
@given(fact_lists, facts("csat", "review", "nps", "ces", "defect"), parameters)
def test_a_new_rating_pulls_quality_toward_itself(rows: list[Fact], rating: Fact, model: ScoreParameters) -> None:
    before = score(rows, model, AS_OF).factors[0]
    after = score([*rows, replace(rating, at=AS_OF)], model, AS_OF).factors[0]
    x = 0.0 if rating.value is None else _position(rating)
    assert min(before.value, x) - 1e-12 <= after.value <= max(before.value, x) + 1e-12
    assert abs(after.value - x) < abs(before.value - x) or before.value == pytest.approx(x)


@quick
@given(fact_lists, parameters)
def test_contributions_sum_to_z_and_points_to_the_distance_from_50(rows: list[Fact], model: ScoreParameters) -> None:
    result = score(rows, model, AS_OF)
    assert math.fsum(factor.contribution for factor in result.factors) == pytest.approx(result.z, abs=1e-9)
    assert math.fsum(factor.points for factor in result.factors) == pytest.approx(result.score - 50, abs=1e-9)
    for factor in result.factors:
        sign = 1 if factor.name != "price" else -1
        assert factor.contribution * sign * (factor.value - factor.baseline) >= -1e-18


@quick
@given(fact_lists, parameters)
def test_the_evidence_sums_to_its_factor(rows: list[Fact], model: ScoreParameters) -> None:
    for factor in score(rows, model, AS_OF).factors:
        contribution = math.fsum(row.contribution for row in factor.evidence)
        assert contribution == pytest.approx(factor.contribution, abs=1e-9)
        assert math.fsum(row.points for row in factor.evidence) == pytest.approx(factor.points, abs=1e-9)
        assert math.fsum(row.weight for row in factor.evidence) == pytest.approx(factor.n_eff, abs=1e-9)


def test_evidence_that_cancels_out_still_shows_what_pulled_either_way() -> None:
    model = ScoreParameters.from_dict({"quality": {"baseline": 0.5}})
    rows = [fact("csat", 1, observation_id=1), fact("csat", 5, observation_id=2)]
    quality = score(rows, model, AS_OF).factors[0]
    assert quality.points == pytest.approx(0, abs=1e-12)
    assert quality.evidence[0].points == pytest.approx(-quality.evidence[1].points)
    assert quality.evidence[1].points > 3


@quick
@given(st.floats(-1e-3, 1e-3))
def test_the_points_per_contribution_pass_smoothly_through_zero(z: float) -> None:
    assert points_per_z(z) == pytest.approx(25, abs=1e-5)


@quick
@given(fact_lists, parameters, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_a_second_run_changes_anything(
    rows: list[Fact], model: ScoreParameters, chance: random.Random
) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert score(shuffled, model, AS_OF) == score(rows, model, AS_OF) == score(rows, model, AS_OF)


def test_a_fact_of_the_future_is_refused() -> None:
    with pytest.raises(ValueError, match=r"observation 1 happens at .* after"):
        score([fact("csat", 5, at=AS_OF + timedelta(seconds=1))], DEFAULTS, AS_OF)


def test_times_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="as_of must have a time zone"):
        score([], DEFAULTS, AS_OF.replace(tzinfo=None))
    with pytest.raises(ValueError, match="observation 1 must have a time zone"):
        score([fact("csat", 5, at=AS_OF.replace(tzinfo=None))], DEFAULTS, AS_OF)


def test_ages_are_real_time_over_a_change_to_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at, as_of = datetime(2024, 3, 30, 12, tzinfo=berlin), datetime(2024, 3, 31, 12, tzinfo=berlin)
    weight = score([fact("csat", 5, at=at)], DEFAULTS, as_of).factors[0].evidence[0].weight
    assert weight == pytest.approx(2 ** -(23 / 24 / 180), rel=1e-15)


def test_a_waiting_reply_does_not_age() -> None:
    waiting = fact("reply", None, 3600.0, at=AS_OF - timedelta(days=400), elapsed_seconds=1e6)
    evidence = score([waiting], DEFAULTS, AS_OF).factors[2].evidence
    assert [row.weight for row in evidence] == [1.0]


def test_low_evidence_is_told_per_factor_and_in_all() -> None:
    rows = [fact("csat", 5, observation_id=number) for number in range(5)]
    result = score(rows, DEFAULTS, AS_OF)
    assert [factor.low_evidence for factor in result.factors] == [False, True, True, True]
    assert not result.low_evidence
    assert score(rows[:4], DEFAULTS, AS_OF).low_evidence


def test_a_worked_example() -> None:
    rows = [
        fact("review", 5, observation_id=1, at=AS_OF - timedelta(days=180)),
        fact("promises", 1, 2, observation_id=2),
        fact("reply", 3600, 3600, observation_id=3),
        fact("price", 110, 100, observation_id=4, at=AS_OF - timedelta(days=365)),
    ]
    result = score(rows, DEFAULTS, AS_OF)
    quality, reliability, speed = (5 * 0.8 + 0.5) / 5.5, (5 * 0.9 + 0.5) / 6, (5 * 0.5 + 0.5) / 6
    price = math.exp(0.5 * math.log(1.1) / 3.5)
    raw = quality * reliability * speed / price
    assert [factor.name for factor in result.factors] == list(FACTOR_NAMES)
    assert [factor.value for factor in result.factors] == pytest.approx([quality, reliability, speed, price])
    assert result.score == pytest.approx(100 * raw / (raw + 0.36), abs=1e-12)


@quick
@given(moments)
def test_an_observation_weighs_half_after_its_half_life(at: datetime) -> None:
    earlier = at - timedelta(days=180)
    rows = [fact("csat", 5, at=at, observation_id=1), fact("csat", 5, at=earlier, observation_id=2)]
    old, new = score(rows, DEFAULTS, AS_OF).factors[0].evidence
    assert old.weight == pytest.approx(new.weight / 2)


def _position(rating: Fact) -> float:
    low, high = SCALES[rating.measure]
    assert rating.value is not None
    return (rating.value - low) / (high - low)
