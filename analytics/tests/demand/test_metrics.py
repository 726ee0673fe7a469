import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.demand.intervals import FEWEST, pooled_quantiles, scale_of
from analytics.demand.metrics import inside, naive_scale, pinball, smape, wape
from analytics.tests.demand.panels import counts, quick

NAN = float("nan")


def test_wape_is_errors_over_demand_and_passes_over_what_was_censored() -> None:
    actual, told = np.array([[10.0, 0, NAN, 30]]), np.array([[8.0, 1, 99, 33]])
    assert wape(actual, told) == pytest.approx(6 / 40)
    assert np.isnan(wape(np.array([[0.0]]), np.array([[1.0]])))


def test_smape_is_that_of_m4() -> None:
    assert smape(np.array([[100.0, 0.0]]), np.array([[50.0, 0.0]])) == pytest.approx((200 * 50 / 150 + 0) / 2)


def test_mase_is_measured_in_the_error_of_seasonal_naive() -> None:
    history = np.array([[1.0, 2, 3, 4, 6, 8]])
    assert naive_scale(history, 2)[0] == pytest.approx((2 + 2 + 3 + 4) / 4)
    assert naive_scale(history, 52)[0] == pytest.approx((1 + 1 + 1 + 2 + 2) / 5)  # no season yet
    assert np.isnan(naive_scale(np.full((1, 9), 3.0), 2)[0])


def test_pinball_weighs_what_lies_above_and_below() -> None:
    assert pinball(np.array([10.0, 2.0]), np.array([4.0, 4.0]), 0.9).tolist() == pytest.approx([5.4, 0.2])


def test_inside_knows_nothing_of_what_was_censored() -> None:
    found = inside(np.array([1.0, 5, NAN]), np.array([0.0, 0, 0]), np.array([2.0, 2, 2]))
    assert found[:2].tolist() == [1, 0]
    assert np.isnan(found[2])


@quick
@given(st.integers(0, 1000), st.floats(0.5, 20))
def test_quantiles_hold_their_share_of_the_residuals(seed: int, spread: float) -> None:
    residuals = np.random.default_rng(seed).normal(0, spread, (400, 3))
    low95, low80, middle, high80, high95 = pooled_quantiles(residuals).T
    for column in range(3):
        own = residuals[:, column]
        assert np.mean((own >= low80[column]) & (own <= high80[column])) == pytest.approx(0.8, abs=0.05)
        assert np.mean((own >= low95[column]) & (own <= high95[column])) == pytest.approx(0.95, abs=0.03)
        assert low80[column] < middle[column] < high80[column]


@pytest.mark.parametrize("number", [0, 2, 5, FEWEST - 1])
def test_few_residuals_give_wide_intervals_and_no_error(number: int) -> None:
    residuals = np.full((max(number, 1), 1), NAN)
    residuals[:number, 0] = np.random.default_rng(1).normal(0, 1, number)
    found = pooled_quantiles(residuals)[0]
    assert np.isfinite(found).all()
    assert found[4] - found[0] > 3


def test_the_scale_is_never_zero() -> None:
    assert (scale_of(np.zeros((3, 20))) > 0).all()
    assert (scale_of(counts(5)) > 0).all()
