"""nDCG, hit rate and bootstrap, learned weights, and a backtest that knows nothing of the future."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.scoring.backtest import History, compare, learned, split_at
from analytics.scoring.learning import learn_weights
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.scoring.ranking import bootstrap, ndcg_and_hits


def test_ndcg_is_that_of_the_definition() -> None:
    scores = np.array([[5.0, 4.0, 3.0, 2.0], [5.0, 4.0, 3.0, 2.0], [1.0, 1.0, 1.0, 1.0]])
    truth = np.array([[True, False, True, False], [False, False, False, True], [False] * 4])
    ndcg, hits = ndcg_and_hits(scores, truth, best=3)
    assert ndcg[0] == pytest.approx((1 + 1 / 2) / (1 + 1 / np.log2(3)))
    assert (ndcg[1], hits[0], hits[1]) == (0.0, 1.0, 0.0)
    assert np.isnan(ndcg[2]) and np.isnan(hits[2])


def test_the_best_order_has_one_and_what_does_not_compete_has_none() -> None:
    ndcg, _hits = ndcg_and_hits(np.array([[9.0, 8.0, -np.inf]]), np.array([[True, True, False]]))
    assert ndcg[0] == pytest.approx(1.0)


def test_the_bootstrap_holds_the_mean_and_narrows() -> None:
    chance = np.random.default_rng(1)
    few, many = bootstrap(chance.normal(1, 1, 50)), bootstrap(chance.normal(1, 1, 5000))
    assert few.low < few.mean < few.high
    assert many.high - many.low < (few.high - few.low) / 5
    assert bootstrap(np.zeros(0)).mean != bootstrap(np.zeros(0)).mean


def test_learned_weights_find_what_matters_and_are_never_negative() -> None:
    chance = np.random.default_rng(2)
    z = chance.normal(0, 1, (4000, 3))
    bought = chance.random(4000) < 1 / (1 + np.exp(-(2 * z[:, 0] - 2 * z[:, 2])))
    weights = learn_weights(z, bought)
    assert weights[0] > 1.0
    assert weights[1] < 0.15 and weights[2] == 0.0
    with pytest.raises(ValueError, match="bought and rows that were not"):
        learn_weights(z, np.ones(4000, dtype=bool))


def history(seed: int = 3) -> History:
    chance = np.random.default_rng(seed)
    customer = chance.integers(0, 50, 3000)
    item = (customer % 2) * 10 + chance.integers(0, 10, 3000)
    price = chance.normal(1, 0.2, 3000)
    return History(customer, item, chance.uniform(0, 100, 3000), price, 50, np.arange(20) // 10, 2)


def test_nothing_after_the_cut_is_used() -> None:
    given = history()
    later = given.at_days >= 70
    scrambled = replace(given, item=np.where(later, 19 - given.item, given.item))
    one, other = (split_at(each, 70.0, PreferenceParameters()) for each in (given, scrambled))
    assert one.parameters == other.parameters
    for left, right in zip(one.parts, other.parts, strict=True):
        for place in range(7):
            assert np.array_equal(left.features(place), right.features(place), equal_nan=True)
    assert not all(np.array_equal(a, b) for a, b in zip(one.truth, other.truth, strict=True))


def test_taste_beats_popularity_where_there_is_taste() -> None:
    split = split_at(history(), 70.0, PreferenceParameters())
    weights = learned(split_at(history(), 40.0, PreferenceParameters()))
    rows = {
        (row.task, row.name): row
        for row in compare(split, {"learned": weights, "usual": PreferenceParameters().weights})
    }
    for name in ("learned", "usual"):
        assert rows["any product", name].gain.low > 0.0
    assert rows["any product", "popularity, all time"].is_baseline
