from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.demand import ladder
from analytics.demand.hindsight import look_back
from analytics.demand.ladder import NAIVE, TIERS, choose, choose_blindly, climb
from analytics.demand.metrics import HIGH80, HIGH95, LOW80, LOW95, MEDIAN
from analytics.demand.panel import Array, Panel
from analytics.demand.plan import DAYS, WEEKS, plan_for
from analytics.demand.smoothing import seasonal_naive
from analytics.tests.demand.panels import counts, panel, quick


def bad(known: Panel, horizon: int) -> Array:
    """A model that is always wrong."""
    return seasonal_naive(known, horizon) + 1e6


@quick
@given(st.integers(0, 1000), st.integers(12, 60))
def test_no_tier_is_published_that_lost_to_seasonal_naive(seed: int, steps: int) -> None:
    plan = plan_for(steps, WEEKS)
    found = climb(panel(counts(8, steps, seed=seed)), plan, dict(TIERS))
    total = found.tested.error.sum(axis=2)
    naive = found.tested.tiers.index(NAIVE)
    for row, chosen in enumerate(found.chosen):
        assert chosen == naive or total[row, chosen] < total[row, naive]


def test_a_model_that_is_always_wrong_is_never_chosen_and_naive_is_what_it_says() -> None:
    plan = plan_for(40, WEEKS)
    one = panel(counts(8, 40))
    found = climb(one, plan, {NAIVE: seasonal_naive, "bad": bad})
    assert set(found.chosen.tolist()) == {0}
    np.testing.assert_array_equal(found.forecast, seasonal_naive(one, plan.horizon))


def test_what_stands_for_a_cut_off_in_the_intervals_was_chosen_without_it() -> None:
    one = climb(panel(counts(12, 60)), plan_for(60, WEEKS), dict(TIERS)).tested
    blind = choose_blindly(one)
    assert blind.shape == (12, len(one.origins))
    for origin in range(len(one.origins)):
        error = one.error.copy()
        error[:, :, origin] = np.random.default_rng(origin).uniform(0, 1e6, error.shape[:2])
        assert choose_blindly(replace(one, error=error))[:, origin].tolist() == blind[:, origin].tolist()
        others = np.delete(np.arange(len(one.origins)), origin)
        alone = replace(one, error=one.error[:, :, others])
        assert choose(alone).tolist() == blind[:, origin].tolist()


def test_a_draw_stays_with_naive() -> None:
    zeros = np.zeros((1, 2, 3))
    measures = dict.fromkeys(("mase", "covered80", "covered95"), zeros)
    tested = ladder.Tested((NAIVE, "other"), (1, 2, 3), np.ones((1, 2, 3)), zeros, pinball=zeros, **measures)
    assert choose(tested).tolist() == [0]


@quick
@given(st.integers(0, 1000))
def test_the_bounds_lie_in_order_and_hold_the_forecast_where_errors_fall_on_both_sides(seed: int) -> None:
    found = climb(panel(counts(20, 60, seed=seed)), plan_for(60, WEEKS), dict(TIERS))
    for low, high in ((LOW95, LOW80), (LOW80, MEDIAN), (MEDIAN, HIGH80), (HIGH80, HIGH95)):
        assert (found.quantiles[:, :, low] <= found.quantiles[:, :, high] + 1e-9).all()
    assert (found.quantiles >= 0).all()


def test_the_order_of_series_changes_nothing_but_their_order() -> None:
    one = panel(counts(12, 60))
    order = np.random.default_rng(0).permutation(12)
    plan = plan_for(60, WEEKS)
    straight, mixed = climb(one, plan, dict(TIERS)), climb(one.of(order), plan, dict(TIERS))
    np.testing.assert_array_equal(straight.chosen[order], mixed.chosen)
    np.testing.assert_allclose(straight.quantiles[order], mixed.quantiles, rtol=1e-9)


def test_intervals_hold_what_they_promise_of_days_that_are_foretold_later() -> None:
    chance = np.random.default_rng(8)
    week = np.array([9, 8, 8, 7, 6, 2, 1]) / 6
    level = chance.uniform(2, 40, (60, 1))
    demand = chance.negative_binomial(5, 5 / (5 + level * np.tile(week, 26)[None])).astype(float)
    found = look_back(Panel(demand, 7), DAYS, (140, 154, 168), 14, dict(TIERS))
    chosen = found.of("chosen")
    assert found.beats_naive
    assert abs(chosen.covered80 - 0.8) < 0.04
    assert abs(chosen.covered95 - 0.95) < 0.03
    assert chosen.wape < found.of(NAIVE).wape * 0.85
    assert sum(found.chosen.values()) == 3 * 60


def test_it_says_how_far_a_short_history_reaches() -> None:
    try:
        look_back(panel(counts(3, 40)), WEEKS, (12,), 9)
    except ValueError as error:
        assert "can be forecast 2 steps ahead, not 9" in str(error)
    else:
        raise AssertionError("it looked further ahead than it can be tested")
