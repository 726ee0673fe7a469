"""Gamma-Gamma: what an order will bring lies between the customer's own mean and that of everybody."""

import numpy as np
import pytest

from analytics.value.order_values import OrderValueModel, fit_values
from analytics.value.orders_to_come import NotEnough


def made(size: int, p: float = 6.0, q: float = 4.0, gamma: float = 15.0) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(2)
    orders = chance.integers(1, 8, size).astype(float)
    rate = chance.gamma(q, 1 / gamma, size)
    return orders, chance.gamma(p * orders, 1 / (rate * orders))


def test_it_finds_the_parameters_that_made_the_orders() -> None:
    found = fit_values(*made(20_000))
    assert found.p == pytest.approx(6.0, rel=0.1)
    assert found.q == pytest.approx(4.0, rel=0.1)
    assert found.gamma * found.p / (found.q - 1) == pytest.approx(30.0, rel=0.03)


def test_the_currency_changes_nothing_but_gamma() -> None:
    orders, mean = made(2_000)
    euro, yuan = fit_values(orders, mean), fit_values(orders, mean * 1000)
    assert (yuan.p, yuan.q) == pytest.approx((euro.p, euro.q), rel=1e-4)
    assert yuan.gamma == pytest.approx(euro.gamma * 1000, rel=1e-4)


def test_who_ordered_often_is_believed_and_who_did_seldom_is_thought_to_be_like_all() -> None:
    model = OrderValueModel(6.25, 3.74, 15.44, 0.0)
    everybody = 15.44 * 6.25 / 2.74
    never, once, often = model.expected(np.array([0.0, 1.0, 100.0]), np.array([np.nan, 100.0, 100.0]))
    assert never == pytest.approx(everybody)
    assert everybody < once < often < 100.0
    assert often == pytest.approx(100.0, rel=0.01)


def test_few_customers_or_none_with_a_value_are_refused() -> None:
    with pytest.raises(NotEnough):
        fit_values(np.ones(50), np.zeros(50))
    with pytest.raises(NotEnough):
        fit_values(np.empty(0), np.empty(0))
