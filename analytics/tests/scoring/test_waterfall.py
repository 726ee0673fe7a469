"""What moved a score: the split is exact, down to single observations."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring.facts import Fact
from analytics.scoring.parameters import ScoreParameters
from analytics.scoring.satisfaction import score, score_of_z
from analytics.scoring.waterfall import Cause, points_per_z_between, waterfall
from analytics.tests.scoring.strategies import AS_OF, DEFAULTS, fact, fact_lists, parameters, quick


@quick
@given(fact_lists, fact_lists, st.floats(0, 1000), parameters, parameters)
def test_the_waterfall_sums_to_the_change_of_score(
    rows: list[Fact], others: list[Fact], days: float, model: ScoreParameters, other: ScoreParameters
) -> None:
    known = {row.observation_id for row in others}
    kept = [row for row in rows[: len(rows) // 2] if row.observation_id not in known]
    before, after = score(rows, model, AS_OF), score([*kept, *others], other, AS_OF + timedelta(days=days))
    split = waterfall(before, after)
    assert split.points == after.score - before.score
    assert math.fsum(row.points for row in split.rows) == pytest.approx(split.points, abs=1e-9)
    for row in split.rows:
        assert math.fsum(moved.points for moved in row.evidence) == pytest.approx(row.points, abs=1e-9)


@quick
@given(fact_lists, parameters)
def test_nothing_new_at_the_same_moment_moves_nothing(rows: list[Fact], model: ScoreParameters) -> None:
    result = score(rows, model, AS_OF)
    split = waterfall(result, result)
    assert split.points == 0
    assert all(moved.points == 0 for row in split.rows for moved in row.evidence)


@quick
@given(fact_lists, parameters)
def test_from_nothing_the_waterfall_is_the_explanation_of_the_score(rows: list[Fact], model: ScoreParameters) -> None:
    after = score(rows, model, AS_OF)
    split = waterfall(score([], model, AS_OF), after)
    expected = [factor.points for factor in after.factors]
    assert [row.points for row in split.rows] == pytest.approx(expected, abs=1e-9)


@quick
@given(st.floats(-8, 8), st.floats(-1e-3, 1e-3))
def test_the_slope_passes_smoothly_through_no_change(z: float, step: float) -> None:
    here = score_of_z(z)
    limit = here * (100 - here) / 100
    assert points_per_z_between(z, z) == pytest.approx(limit, rel=1e-12)
    assert points_per_z_between(z, z + step) == pytest.approx(limit, rel=2e-3)
    assert points_per_z_between(z, z + step) == points_per_z_between(z + step, z)


def test_contributions_that_cancel_out_still_show_what_moved() -> None:
    before = score([], DEFAULTS, AS_OF)
    better = score([fact("csat", 5)], DEFAULTS, AS_OF).factors[0].contribution
    price = math.exp(better * (3 + 1))  # one paid price, K = 3, takes back what the rating gave
    after = score([fact("csat", 5), fact("price", price, 1.0, observation_id=2)], DEFAULTS, AS_OF)
    points = {row.name: row.points for row in waterfall(before, after).rows}
    assert after.score == pytest.approx(50, abs=1e-12)
    assert points["quality"] == pytest.approx(25 * better)
    assert points["price"] == pytest.approx(-25 * better)


def test_each_observation_is_told_with_its_cause() -> None:
    later = AS_OF + timedelta(days=30)
    waiting = fact("reply", None, 3600.0, observation_id=3, elapsed_seconds=8000.0)
    before = score([fact("csat", 1), fact("nps", 3, observation_id=2), waiting], DEFAULTS, AS_OF)
    still_waiting = replace(waiting, elapsed_seconds=90_000.0)
    new = fact("csat", 5, observation_id=4, at=later)
    after = score([fact("csat", 1), still_waiting, new], DEFAULTS, later)
    split = waterfall(before, after)
    told = {moved.observation_id: moved for row in split.rows for moved in row.evidence}
    assert {number: moved.cause for number, moved in told.items()} == {
        1: Cause.AGED,
        2: Cause.GONE,
        3: Cause.CHANGED,
        4: Cause.NEW,
    }
    assert told[2].weight_after == 0.0
    assert told[4].weight_before == 0.0
    assert told[4].points > 0 > told[3].points
