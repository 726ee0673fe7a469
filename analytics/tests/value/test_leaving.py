"""Churn: the logistic regression, its points, and ROC-AUC against its definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.value.leaving import auc, fit_leaving
from analytics.value.orders_to_come import NotEnough


def people(size: int = 5000) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(5)
    features = chance.normal(3, 2, (size, 3))
    odds = -1 + 1.5 * (features[:, 0] - 3) / 2 - 0.7 * (features[:, 1] - 3) / 2
    return features, (chance.random(size) < 1 / (1 + np.exp(-odds))).astype(float)


def test_it_finds_the_weights_and_foretells_the_share_that_left() -> None:
    features, left = people()
    model = fit_leaving(features, left)
    assert model.weights == pytest.approx([1.5, -0.7, 0.0], abs=0.12)
    assert model.chance(features).mean() == pytest.approx(left.mean(), abs=1e-4)


def test_points_and_intercept_sum_to_the_log_odds() -> None:
    features, left = people()
    model = fit_leaving(features, left)
    chance = model.chance(features)
    assert model.intercept + model.points(features).sum(axis=1) == pytest.approx(np.log(chance / (1 - chance)))


def test_a_larger_penalty_makes_smaller_weights_and_a_column_of_one_value_none() -> None:
    features, left = people()
    features = np.column_stack([features, np.ones(len(features))])
    small, large = fit_leaving(features, left), fit_leaving(features, left, penalty=5000.0)
    assert np.abs(large.weights).sum() < np.abs(small.weights).sum()
    assert small.weights[3] == 0.0


def test_too_few_of_either_kind_are_refused_with_their_number() -> None:
    with pytest.raises(NotEnough) as refused:
        fit_leaving(np.zeros((100, 2)), np.array([1.0] * 7 + [0.0] * 93))
    assert (refused.value.code, refused.value.have) == ("leavers", 7)


@given(
    arrays(np.int64, st.integers(2, 30), elements=st.integers(0, 5)),
    st.integers(0, 2**30),
)
def test_auc_is_the_share_of_pairs_in_the_right_order(foretold: np.ndarray, seed: int) -> None:
    happened = np.random.default_rng(seed).integers(0, 2, len(foretold))
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in foretold[happened == 1] for b in foretold[happened == 0]]
    found = auc(foretold.astype(float), happened.astype(float))
    assert found == pytest.approx(np.mean(pairs)) if pairs else np.isnan(found)
