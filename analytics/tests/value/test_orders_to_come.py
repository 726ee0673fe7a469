"""BG/NBD: its likelihood and slope, its fit on what it made itself, and the traps that it must not fall into."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.value.orders_to_come import Histories, NotEnough, OrderModel, _Sums, fit_orders

MODEL = OrderModel(0.243, 4.414, 0.793, 2.426, 0.0)


def made(size: int, seed: int, r: float = 0.8, alpha: float = 6.0, a: float = 0.9, b: float = 2.5) -> Histories:
    """Histories that the model itself would make."""
    chance = np.random.default_rng(seed)
    rows = []
    for rate, leaves, age in zip(
        chance.gamma(r, 1 / alpha, size), chance.beta(a, b, size), chance.uniform(20, 60, size), strict=True
    ):
        at, x, last = 0.0, 0, 0.0
        while (at := at + chance.exponential(1 / rate)) < age:
            x, last = x + 1, at
            if chance.random() < leaves:
                break
        rows.append((x, last, age))
    x, last, age = np.array(rows).T
    return Histories.of(x, last, age)


def test_the_slope_is_that_of_the_likelihood() -> None:
    sums, at = _Sums.of(made(200, 3)), np.log([0.5, 5.0, 0.7, 2.0])
    _value, slope = sums.negative(at)
    for n in range(4):
        step = np.zeros(4)
        step[n] = 1e-6
        numeric = (sums.negative(at + step)[0] - sums.negative(at - step)[0]) / 2e-6
        assert slope[n] == pytest.approx(numeric, abs=1e-6)


def test_it_finds_the_parameters_that_made_the_histories() -> None:
    found = fit_orders(made(8000, 1))
    assert found.r == pytest.approx(0.8, rel=0.12)
    assert found.alpha == pytest.approx(6.0, rel=0.15)
    assert found.a / (found.a + found.b) == pytest.approx(0.9 / 3.4, rel=0.12)


def test_the_same_history_many_times_weighs_as_much_as_one_with_its_number() -> None:
    x, last, age = np.array([0.0, 2.0, 2.0]), np.array([0.0, 8.0, 8.0]), np.array([30.0, 30.0, 30.0])
    histories = Histories.of(x, last, age)
    assert histories.weight.tolist() == [1.0, 2.0] and histories.customers == 3


@given(
    x=st.integers(0, 400),
    share=st.floats(0.0, 1.0),
    age=st.floats(0.1, 500.0),
    ahead=st.floats(0.1, 100.0),
)
def test_expected_orders_are_finite_and_grow_with_time(x: int, share: float, age: float, ahead: float) -> None:
    last = share * age if x else 0.0
    of_x, of_last, of_age = (np.array([float(value)]) for value in (x, last, age))
    soon, later = (MODEL.expected(of_x, of_last, of_age, time)[0] for time in (ahead, 2 * ahead))
    assert 0.0 <= soon <= later + 1e-9 and np.isfinite(later)


def test_who_came_back_is_expected_more_than_who_never_did_though_both_may_be_active() -> None:
    # P(alive) of the first is 1 by this model: that is the trap.
    found = MODEL.expected(np.array([0.0, 5.0]), np.array([0.0, 35.0]), np.array([39.0, 39.0]), 39.0)
    assert found[0] < 0.3 < found[1]


def test_a_long_silence_after_many_orders_lowers_what_is_expected() -> None:
    found = MODEL.expected(np.array([9.0, 9.0]), np.array([10.0, 38.0]), np.array([39.0, 39.0]), 39.0)
    assert found[0] < found[1] / 10


@pytest.mark.parametrize(("x", "code"), [(np.ones(3), "customers"), (np.zeros(50), "nobody_back")])
def test_too_little_is_refused_and_says_what_is_missing(x: np.ndarray, code: str) -> None:
    with pytest.raises(NotEnough) as refused:
        fit_orders(Histories.of(x, x * 2, x + 10))
    assert refused.value.code == code


def test_nobody_at_all_is_refused() -> None:
    with pytest.raises(NotEnough):
        fit_orders(Histories.of(np.empty(0), np.empty(0), np.empty(0)))


def test_a_with_the_value_of_the_pole_is_no_division_by_zero() -> None:
    model = OrderModel(0.5, 5.0, 1.0, 2.0, 0.0)
    near = OrderModel(0.5, 5.0, 1.00001, 2.0, 0.0)
    arrays = np.array([2.0]), np.array([10.0]), np.array([20.0])
    assert model.expected(*arrays, 10.0)[0] == pytest.approx(near.expected(*arrays, 10.0)[0], rel=1e-3)
