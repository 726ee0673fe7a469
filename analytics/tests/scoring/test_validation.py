"""The figures by which the scores are tested, against plain counting and made-up worlds with known answers."""

import numpy as np
import pytest

from analytics.scoring.hindsight import PREDICTORS, Sample
from analytics.scoring.validation import (
    LEAST,
    Evaluation,
    Judgement,
    NotEnoughRatings,
    RankedAUC,
    evaluate,
    fit_logistic,
)

REPLICATES = 200


def world(strength: float, *, n: int = 2000, seed: int = 5, per_customer: int = 1) -> Sample:
    """Ratings of which satisfaction knows the chance as well as `strength` says, and the others nothing."""
    draw = np.random.default_rng(seed)
    truth = draw.normal(size=n)
    is_bad = draw.random(n) < 1 / (1 + np.exp(1 + 2 * truth))
    noise = {name: draw.normal(size=n) for name in PREDICTORS}
    noise["satisfaction"] = strength * truth + (1 - strength) * noise["satisfaction"]
    return Sample(
        np.arange(n, dtype=np.int64) // per_customer, np.arange(n, dtype=np.float64), is_bad, np.ones(n, bool), noise
    )


def judged(sample: Sample) -> tuple[Evaluation, dict[str, Judgement]]:
    found = evaluate(sample, float(np.median(sample.at)), replicates=REPLICATES)
    return found, {row.name: row for row in found.judgements}


def test_auc_is_the_share_of_pairs_in_which_the_bad_one_is_lower() -> None:
    draw = np.random.default_rng(3)
    value, is_bad = draw.integers(0, 7, 200).astype(float), draw.random(200) < 0.3
    pairs = [1.0 if bad < good else 0.5 if bad == good else 0.0 for bad in value[is_bad] for good in value[~is_bad]]
    assert RankedAUC(value, is_bad)(np.ones(200)) == pytest.approx(float(np.mean(pairs)), abs=1e-12)


def test_a_weight_of_two_is_the_row_twice() -> None:
    draw = np.random.default_rng(4)
    value, is_bad, weight = draw.random(50), draw.random(50) < 0.4, draw.integers(0, 4, 50)
    repeated = RankedAUC(np.repeat(value, weight), np.repeat(is_bad, weight))
    assert RankedAUC(value, is_bad)(weight.astype(float)) == pytest.approx(repeated(np.ones(weight.sum())))


def test_the_curve_finds_the_coefficients_that_made_the_data() -> None:
    draw = np.random.default_rng(1)
    x = draw.normal(3.0, 2.0, 100_000)
    y = draw.random(x.size) < 1 / (1 + np.exp(-(0.5 - 0.8 * x)))
    intercept, slope = fit_logistic(x, y)
    assert intercept == pytest.approx(0.5, abs=0.05)
    assert slope == pytest.approx(-0.8, abs=0.02)


def test_a_predictor_that_never_differs_foretells_the_usual_share() -> None:
    y = np.arange(100) < 30
    intercept, slope = fit_logistic(np.full(100, 7.0), y)
    assert 1 / (1 + np.exp(-(intercept + slope * 7.0))) == pytest.approx(0.3, abs=1e-6)


def test_a_score_that_knows_something_is_said_to_beat_one_that_does_not() -> None:
    found, by_name = judged(world(0.9))
    simple = by_name["shrunk_rating"]
    assert by_name["satisfaction"].auc.value > 0.8 > 0.6 > simple.auc.value > 0.4
    assert simple.better_auc is not None and simple.better_auc.low > 0
    assert simple.better_log_loss is not None and simple.better_log_loss.low > 0
    assert by_name["satisfaction"].log_loss.high < found.base_log_loss


def test_a_score_that_knows_nothing_is_not_said_to_beat_anything() -> None:
    _found, by_name = judged(world(0.0))
    better = by_name["shrunk_rating"].better_auc
    assert better is not None and better.low < 0 < better.high
    low, high = by_name["satisfaction"].auc.low, by_name["satisfaction"].auc.high
    assert low < 0.5 < high


def test_what_is_foretold_by_the_truth_is_calibrated_and_every_rating_is_in_one_tenth() -> None:
    found, by_name = judged(world(1.0, n=20_000))
    tenths = by_name["satisfaction"].bins
    assert sum(tenth.count for tenth in tenths) == found.tested_on == 10_000
    assert len(tenths) == 10
    assert by_name["satisfaction"].calibration_error < 0.02
    assert [tenth.foretold for tenth in tenths] == sorted(tenth.foretold for tenth in tenths)
    assert all(tenth.low <= tenth.observed <= tenth.high for tenth in tenths)


def test_many_ratings_of_few_customers_make_the_interval_wider() -> None:
    _found, alone = judged(world(0.5))
    sample = world(0.5)
    _found, together = judged(
        Sample(
            sample.is_bad.astype(np.int64) * 20 + np.arange(sample.at.size) % 20,
            sample.at, sample.is_bad, sample.had_rating, sample.predictors,
        )
    )  # fmt: skip
    width = {name: row["satisfaction"].log_loss.high - row["satisfaction"].log_loss.low
             for name, row in (("alone", alone), ("together", together))}  # fmt: skip
    assert width["together"] > 1.5 * width["alone"]


def test_the_same_ratings_give_the_same_intervals() -> None:
    assert judged(world(0.5)) == judged(world(0.5))


def test_too_few_bad_ratings_are_refused_with_their_number() -> None:
    sample = world(0.5, n=4 * LEAST)
    sample.is_bad[:] = np.arange(4 * LEAST) % (LEAST + 1) == 0
    with pytest.raises(NotEnoughRatings) as refused:
        evaluate(sample, float(np.median(sample.at)), replicates=10)
    assert refused.value.ratings == 2 * LEAST
