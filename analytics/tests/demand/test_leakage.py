"""Nothing that is foretold may know what comes after the cut-off."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.demand.boosting import global_boosting, has_boosting
from analytics.demand.ladder import TIERS, climb
from analytics.demand.lags import features_at
from analytics.demand.panel import INPUTS, Knowing, Panel
from analytics.demand.plan import WEEKS, plan_for
from analytics.demand.poisson import inputs_of
from analytics.tests.demand.panels import AHEAD, counts, panel, quick

FUTURE = {entry.name for entry in INPUTS if entry.knowing is Knowing.FUTURE}
cuts = st.integers(10, 45)


def with_another_future(found: Panel, cut: int, horizon: int, seed: int) -> Panel:
    """The same up to the cut-off; afterwards everything differs but what is known-future within the horizon."""
    chance = np.random.default_rng(seed)

    def changed(array: np.ndarray, first: int) -> np.ndarray:
        other = np.array(array)
        other[:, first:] = chance.uniform(0, 500, other[:, first:].shape)
        return other

    return replace(
        found,
        demand=changed(found.demand, cut),
        known={name: changed(array, cut + horizon) for name, array in found.known.items()},
        lagged={name: changed(array, cut) for name, array in found.lagged.items()},
    )


@quick
@given(cuts, st.integers(1, AHEAD), st.integers(0, 1000))
def test_features_at_a_cut_off_do_not_change_with_what_comes_later(cut: int, horizon: int, seed: int) -> None:
    one = panel(counts(6))
    other = with_another_future(one, cut, horizon, seed)
    names, features = features_at(one.cut(cut, horizon), horizon)
    assert features_at(other.cut(cut, horizon), horizon)[0] == names
    np.testing.assert_array_equal(features_at(other.cut(cut, horizon), horizon)[1], features)
    entries, past, ahead = inputs_of(one.cut(cut, horizon), horizon)
    others, past_too, ahead_too = inputs_of(other.cut(cut, horizon), horizon)
    assert others == entries
    np.testing.assert_array_equal(past_too, past)
    np.testing.assert_array_equal(ahead_too, ahead)


@quick
@given(st.integers(0, 20), st.integers(1, 15))
def test_moving_the_cut_off_moves_the_features_with_it(first: int, later: int) -> None:
    """The features of a step as of a cut-off are those of the same numbers seen as of another one."""
    one = panel(counts(6))
    early = one.cut(26 + first, 4)
    names, features = features_at(early, 4)
    moved = one.last(one.steps - later).cut(26 + first - later, 4)
    _names, again = features_at(moved, 4)
    for number, name in enumerate(names):
        # those that look back further than the shorter history, or say where in the season it is, may differ
        if name not in ("lag 13", "lag 52", "season sin", "season cos", "trend"):
            np.testing.assert_allclose(again[:, :, number], features[:, :, number], rtol=1e-12)


@quick
@given(cuts, st.integers(0, 1000), st.sampled_from(sorted(TIERS)))
def test_no_tier_looks_ahead(cut: int, seed: int, tier: str) -> None:
    one = panel(counts(6))
    other = with_another_future(one, cut, 4, seed)
    np.testing.assert_array_equal(TIERS[tier](one.cut(cut, 4), 4), TIERS[tier](other.cut(cut, 4), 4))


@pytest.mark.skipif(not has_boosting(), reason="LightGBM is not installed: it is optional (requirements-heavy.in)")
def test_boosting_does_not_look_ahead_either() -> None:
    one = panel(counts(40))
    other = with_another_future(one, 40, 4, 3)
    np.testing.assert_array_equal(global_boosting(one.cut(40, 4), 4), global_boosting(other.cut(40, 4), 4))


def test_the_whole_ladder_as_of_a_moment_is_that_of_a_shorter_history() -> None:
    one = panel(counts(8))
    plan = plan_for(40, WEEKS)
    now = climb(one.cut(40, plan.horizon), plan, dict(TIERS))
    then = climb(with_another_future(one, 40, plan.horizon, 5).cut(40, plan.horizon), plan, dict(TIERS))
    np.testing.assert_array_equal(now.quantiles, then.quantiles)
    np.testing.assert_array_equal(now.chosen, then.chosen)


def test_inputs_that_are_known_ahead_are_the_planned_ones_alone() -> None:
    assert {"promotion", "holidays"} == FUTURE


def test_a_horizon_beyond_what_is_planned_is_refused() -> None:
    with pytest.raises(ValueError, match="end before the horizon"):
        panel(counts(2)).cut(60, AHEAD + 1)
