"""The parameters that a score model version freezes."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given

from analytics.scoring.parameters import FACTOR_CODES, FACTOR_NAMES, ScoreParameters
from analytics.tests.scoring.strategies import parameters, quick


def test_the_defaults_are_those_of_the_definition() -> None:
    rows = {name: (f.half_life_days, f.prior_weight, f.baseline, f.exponent) for name, f in ScoreParameters()}
    assert rows == {
        "quality": (180, 5, 0.8, 1),
        "reliability": (180, 5, 0.9, 1),
        "responsiveness": (180, 5, 0.5, 1),
        "price": (365, 3, 1, -1),
    }


def test_factors_have_the_codes_that_the_database_stores() -> None:
    assert {name: int(code) for name, code in FACTOR_CODES.items()} == {
        "quality": 1,
        "reliability": 2,
        "responsiveness": 3,
        "price": 4,
    }
    assert tuple(FACTOR_CODES) == FACTOR_NAMES


def test_the_raw_baseline_is_the_formula_at_the_baselines() -> None:
    assert ScoreParameters().raw_baseline == pytest.approx(0.8 * 0.9 * 0.5 / 1)


@quick
@given(parameters)
def test_parameters_survive_json(model: ScoreParameters) -> None:
    assert ScoreParameters.from_dict(json.loads(json.dumps(model.as_dict()))) == model


def test_missing_fields_take_the_defaults() -> None:
    model = ScoreParameters.from_dict({"quality": {"prior_weight": 8}})
    assert model.quality.prior_weight == 8.0
    assert model.quality.baseline == 0.8
    assert model.price == ScoreParameters().price


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"quality": {"half_life_days": 0}}, "quality.half_life_days"),
        ({"quality": {"half_life_days": math.nan}}, "quality.half_life_days"),
        ({"reliability": {"prior_weight": -1}}, "reliability.prior_weight"),
        ({"responsiveness": {"baseline": 1}}, "responsiveness.baseline"),
        ({"price": {"baseline": 5}}, "price.baseline"),
        ({"price": {"exponent": 1}}, "price.exponent"),
        ({"quality": {"exponent": -1}}, "quality.exponent"),
        ({"quality": {"baseline": "0.8"}}, "quality.baseline"),
        ({"quality": {"baseline": True}}, "quality.baseline"),
        ({"quality": {"half_life": 3}}, "quality.half_life "),
        ({"beauty": {}}, "beauty"),
        ({"quality": 3}, "quality must be"),
    ],
)
def test_an_impossible_value_is_refused_by_name(data: dict[str, dict[str, object]], field: str) -> None:
    with pytest.raises(ValueError, match=f"^{field}"):
        ScoreParameters.from_dict(data)
