import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.demand.panel import Panel
from analytics.demand.smoothing import damped_smoothing, factors_at, seasonal_naive, seasonal_part
from analytics.tests.demand.panels import counts, quick

NAN = float("nan")


def naive_by_hand(row: list[float], season: int, ahead: int) -> float:
    index = len(row) + ahead - 1 - season
    while index >= len(row):
        index -= season
    while index >= 0:
        if row[index] == row[index]:
            return row[index]
        index -= season
    return next((value for value in reversed(row) if value == value), 0.0)


@quick
@given(st.integers(0, 1000), st.integers(1, 16), st.sampled_from([4, 7, 52]))
def test_seasonal_naive_is_what_it_is_by_hand(seed: int, horizon: int, season: int) -> None:
    demand = counts(5, 30, seed=seed)
    found = seasonal_naive(Panel(demand, season), horizon)
    for place, row in enumerate(demand.tolist()):
        assert found[place].tolist() == [naive_by_hand(row, season, ahead) for ahead in range(1, horizon + 1)]


def test_a_censored_step_is_not_repeated_as_a_zero() -> None:
    week = [1.0, 2, 3, 4, 5, 6, 7]
    demand = np.array([[*week, 1, NAN, 3, 4, 5, 6, NAN]])
    assert seasonal_naive(Panel(demand, 7), 7)[0].tolist() == week


def test_smoothing_keeps_a_level_and_damps_a_trend() -> None:
    level = np.full((1, 40), 12.0)
    np.testing.assert_allclose(damped_smoothing(Panel(level, 52), 6), 12.0)
    rising = np.arange(40.0)[None] + 10
    told = damped_smoothing(Panel(rising, 52), 30)[0]
    assert told[0] > 47
    steps = np.diff(told)
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()


@quick
@given(st.floats(0.1, 1000), st.integers(0, 100))
def test_a_change_of_unit_changes_the_forecast_by_the_unit_alone(unit: float, seed: int) -> None:
    demand = counts(5, 40, seed=seed)
    one = damped_smoothing(Panel(demand, 52), 5)
    np.testing.assert_allclose(damped_smoothing(Panel(demand * unit, 52), 5), one * unit, rtol=1e-6, atol=1e-9)


def test_censored_steps_move_nothing() -> None:
    demand = np.full((2, 30), 10.0)
    demand[1, 20:25] = NAN
    told = damped_smoothing(Panel(demand, 52), 3)
    np.testing.assert_allclose(told[1], told[0])


def test_a_weekly_pattern_is_learned_and_put_where_it_belongs() -> None:
    pattern = np.array([5.0, 4, 3, 2, 1, 0.2, 0.1])
    demand = np.tile(pattern * 10, (3, 8))[:, :53]
    factors = seasonal_part(demand, 7)
    np.testing.assert_allclose(factors.mean(axis=1), 1.0)
    ahead = factors_at(factors, 53, 53, 60)[0]
    assert np.argmax(ahead) == 3  # the 53rd step is the fifth of the pattern; the next first one is three later
    np.testing.assert_allclose(damped_smoothing(Panel(demand, 7), 7)[0][3], 50, rtol=0.1)


def test_less_than_two_seasons_tell_no_season() -> None:
    np.testing.assert_array_equal(seasonal_part(counts(3, 103), 52), 1.0)


@quick
@given(st.integers(0, 1000))
def test_forecasts_are_finite_and_not_below_zero(seed: int) -> None:
    demand = counts(6, 30, seed=seed, level=0.3)
    demand[0] = NAN
    demand[1] = 0
    told = damped_smoothing(Panel(demand, 7), 14)
    assert np.isfinite(told).all()
    assert (told >= 0).all()
