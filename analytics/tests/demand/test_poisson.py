"""The regression finds what was put into made-up demand, and says little where there is little to see."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.demand.panel import Array, Panel
from analytics.demand.poisson import fit_poisson, poisson_regression
from analytics.tests.demand.panels import AHEAD, counts, panel, quick

STEPS = 150


def shop(*, elasticity: float, lift: float, series: int = 30, level: float = 60.0) -> Panel:
    chance = np.random.default_rng(4)
    price = chance.normal(0, 0.2, (series, STEPS))
    promotion = (chance.random((series, STEPS + AHEAD)) < 0.15).astype(float)
    mean = level * np.exp(elasticity * price + lift * promotion[:, :STEPS])
    return Panel(chance.poisson(mean).astype(float), 52, {"promotion": promotion}, {"price": price})


def of(name: str, found: Panel) -> Array:
    fit = fit_poisson(found, 4)
    place = [entry.name for entry in fit.inputs].index(name)
    return fit.coefficients[:, 2 + place]


def test_it_finds_the_elasticity_and_the_lift() -> None:
    found = shop(elasticity=-1.4, lift=0.5)
    np.testing.assert_allclose(np.median(of("price", found)), -1.4, atol=0.12)
    np.testing.assert_allclose(np.median(of("promotion", found)), 0.5, atol=0.06)


def test_what_has_no_effect_is_told_to_have_none() -> None:
    fit = fit_poisson(shop(elasticity=0.0, lift=0.0), 4)
    clear = np.abs(fit.coefficients[:, 2:]) > 1.96 * fit.errors[:, 2:]
    assert clear.mean() < 0.15


def test_a_planned_promotion_raises_the_weeks_it_covers() -> None:
    found = shop(elasticity=0.0, lift=0.8)
    planned = found.known["promotion"].copy()
    planned[:, STEPS:] = 0
    planned[:, STEPS + 1] = 1
    told = poisson_regression(Panel(found.demand, 52, {"promotion": planned}, found.lagged), 3)
    np.testing.assert_allclose(np.median(told[:, 1] / told[:, 0]), np.exp(0.8), rtol=0.1)


def test_a_planned_discount_works_through_the_price() -> None:
    found = shop(elasticity=-2.0, lift=0.0)
    discounts = np.zeros((30, STEPS + AHEAD))
    discounts[:, STEPS + 1] = np.log(0.8)
    told = poisson_regression(Panel(found.demand, 52, {"discounts": discounts}, found.lagged), 3)
    np.testing.assert_allclose(np.median(told[:, 1] / told[:, 0]), 0.8**-2.0, rtol=0.12)


def test_an_input_that_never_varied_taught_nothing() -> None:
    still = Panel(counts(4), 52, {"promotion": np.zeros((4, 60 + AHEAD))}, {})
    fit = fit_poisson(still, 4)
    assert [entry.name for entry in fit.inputs] == ["promotion", "momentum"]
    assert fit.varies[:, 0].tolist() == [0, 0, 0, 0]
    np.testing.assert_allclose(fit.coefficients[:, 2], 0)


def test_each_series_is_fitted_for_itself() -> None:
    everything = panel(counts(9, 60))
    whole = poisson_regression(everything, 4)
    alone = poisson_regression(everything.of(np.array([7])), 4)
    np.testing.assert_allclose(whole[7], alone[0], rtol=1e-9)


@quick
@given(st.integers(0, 1000), st.integers(8, 60), st.floats(0.01, 500))
def test_forecasts_are_finite_and_bounded_by_what_was_ever_seen(seed: int, steps: int, level: float) -> None:
    demand = counts(6, steps, seed=seed, level=level)
    demand[0] = 0
    told = poisson_regression(panel(demand), 6)
    assert np.isfinite(told).all()
    assert (told >= 0).all()
    most = 3 * np.where(np.isfinite(demand), demand, 0).max(axis=1) + 1
    assert (told <= most[:, None] + 1e-9).all()
