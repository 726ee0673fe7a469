"""The unitless x of a fact, singly and as arrays."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring.fact_arrays import age_days, values
from analytics.scoring.facts import FACTOR_OF_MEASURE, MEASURE_CODES, Fact, MeasureCode, fact_value
from analytics.tests.scoring.strategies import AS_OF, fact, fact_lists, facts, positive, quick


@pytest.mark.parametrize(
    ("measure", "value", "reference", "x"),
    [
        ("csat", 1, None, 0.0),
        ("csat", 4, None, 0.75),
        ("review", 5, None, 1.0),
        ("nps", 7, None, 0.7),
        ("ces", 4, None, 0.5),
        ("defect", None, None, 0.0),
        ("promises", 2, 3, 2 / 3),
        ("reply", 3600, 3600, 0.5),
        ("reply", 0, 3600, 1.0),
        ("reply", 7200, 3600, 0.25),
        ("price", 50, 100, math.log(0.5)),
        ("price", 1000, 1, math.log(4)),
        ("price", 0, 1, -math.log(4)),
    ],
)
def test_the_value_of_a_fact_is_that_of_the_definition(
    measure: str, value: float | None, reference: float | None, x: float
) -> None:
    assert fact_value(fact(measure, value, reference)) == pytest.approx(x, abs=1e-15)


def test_a_reply_still_waited_for_counts_only_when_it_is_late() -> None:
    assert fact_value(fact("reply", None, 3600, elapsed_seconds=3600)) is None
    assert fact_value(fact("reply", None, 3600, elapsed_seconds=7200)) == 0.25
    column = values([MeasureCode.REPLY] * 2, [math.nan] * 2, [3600.0] * 2, [3600.0, 7200.0])
    assert np.array_equal(column, [math.nan, 0.25], equal_nan=True)


@pytest.mark.parametrize(
    ("measure", "value", "reference"),
    [
        ("csat", 0, None),
        ("review", 6, None),
        ("nps", 11, None),
        ("ces", math.nan, None),
        ("csat", None, None),
        ("promises", 1, 0),
        ("promises", 2, 1),
        ("promises", 1, None),
        ("reply", -1, 3600),
        ("reply", 1, 0),
        ("reply", None, 3600),
        ("price", 1, 0),
        ("price", -1, 1),
        ("price", math.inf, 1),
        ("price", 1, math.nan),
    ],
)
def test_an_impossible_fact_is_refused_by_both_paths(
    measure: str, value: float | None, reference: float | None
) -> None:
    with pytest.raises(ValueError, match="observation 1: "):
        fact_value(fact(measure, value, reference))
    with pytest.raises(ValueError, match="row 1: "):
        values([1, MEASURE_CODES[measure]], [5, _number(value)], [math.nan, _number(reference)])


def test_a_measure_of_another_factor_is_refused() -> None:
    with pytest.raises(ValueError, match="quality has no measure 'price'"):
        fact_value(fact("price", 1, 1, factor="quality"))
    with pytest.raises(ValueError, match="quality has no measure 'beauty'"):
        fact_value(replace(fact("csat", 1), measure="beauty"))
    with pytest.raises(ValueError, match="unknown measure code"):
        values([99], [1], [1])


def test_measures_have_the_codes_that_the_database_stores() -> None:
    names = ["csat", "review", "nps", "ces", "defect", "promises", "reply", "price"]
    assert {name: int(code) for name, code in MEASURE_CODES.items()} == {
        name: number for number, name in enumerate(names, start=1)
    }
    assert FACTOR_OF_MEASURE["ces"] == "quality"


@quick
@given(facts())
def test_values_stay_in_bounds(row: Fact) -> None:
    x = fact_value(row)
    if x is not None:
        limit = math.log(4)
        assert -limit <= x <= limit if row.measure == "price" else 0 <= x <= 1


@quick
@given(facts("reply", "price"), st.floats(1e-3, 1e3))
def test_the_unit_of_time_or_money_changes_nothing(row: Fact, k: float) -> None:
    assert row.reference is not None
    elapsed = None if row.elapsed_seconds is None else k * row.elapsed_seconds
    value = None if row.value is None else k * row.value
    scaled = fact(row.measure, value, k * row.reference, elapsed_seconds=elapsed)
    x = fact_value(row)
    if x is not None:
        assert fact_value(scaled) == pytest.approx(x, abs=1e-9)


@quick
@given(positive, positive, positive)
def test_a_price_falls_and_rises_with_what_was_paid(first: float, second: float, reference: float) -> None:
    low, high = sorted([first, second])
    low_x, high_x = fact_value(fact("price", low, reference)), fact_value(fact("price", high, reference))
    assert low_x is not None
    assert high_x is not None
    assert low_x <= high_x


@quick
@given(fact_lists)
def test_the_arrays_equal_the_single_values(rows: list[Fact]) -> None:
    codes = [MEASURE_CODES[row.measure] for row in rows]
    column = values(
        codes,
        [_number(row.value) for row in rows],
        [_number(row.reference) for row in rows],
        [_number(row.elapsed_seconds) for row in rows],
    )
    single = np.array([_number(fact_value(row)) for row in rows])
    np.testing.assert_allclose(column, single, rtol=1e-12, atol=1e-15)


def test_the_age_of_a_waiting_reply_is_zero() -> None:
    now = AS_OF.timestamp()
    at = [(AS_OF - timedelta(days=2)).timestamp()] * 3
    codes = [MeasureCode.REPLY, MeasureCode.REPLY, MeasureCode.DEFECT]
    assert age_days(at, now, codes, [math.nan, 5.0, math.nan]).tolist() == [0.0, 2.0, 2.0]
    with pytest.raises(ValueError, match="row 0: at is after as_of"):
        age_days(at, at[0] - 1, codes, [1, 1, 1])


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="reference has shape"):
        values([1, 1], [5, 5], [1])


def _number(value: float | None) -> float:
    return math.nan if value is None else value
