from typing import Any

import numpy as np
import pytest

from analytics.behaviour.blocks import block_of
from analytics.behaviour.events import Seen
from analytics.behaviour.matching import Condition, Selector, label_of

GIVEN = {"plan": "gold", "seats": 12, "price": "9.50", "trial": True, "none": None, "tags": ["a", 2]}


@pytest.mark.parametrize(
    ("property", "op", "value", "expected"),
    [
        ("plan", "is", "gold", True),
        ("plan", "is", "Gold", False),
        ("plan", "is_not", "gold", False),
        ("gone", "is_not", "gold", True),
        ("gone", "is", "", False),
        ("plan", "contains", "ol", True),
        ("gone", "contains", "", False),
        ("seats", "is", "12", True),
        ("seats", "at_least", "12", True),
        ("seats", "at_most", "11.9", False),
        ("price", "at_most", "10", True),
        ("plan", "at_least", "1", False),
        ("trial", "is", "true", True),
        ("trial", "at_least", "0", False),
        ("none", "is_set", "", False),
        ("none", "is_not_set", "", True),
        ("plan", "is_set", "", True),
        ("gone", "is_not_set", "", True),
        ("tags", "is", "a, 2", True),
    ],
)
def test_a_condition_holds(property: str, op: str, value: str, expected: bool) -> None:
    assert Condition(property, op, value).holds(GIVEN) is expected


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (1.0, "1"),
        (1.5, "1.5"),
        (1, "1"),
        (True, "true"),
        (None, ""),
        ("1.0", "1.0"),
        ({"b": 1, "a": [None]}, "a: , b: 1"),
    ],
)
def test_values_become_texts(value: Any, label: str) -> None:
    assert label_of(value) == label


def test_an_event_meets_each_step_that_means_it() -> None:
    gold = Condition("plan", "is", "gold")
    steps = [Selector(1), Selector(None), Selector(1, (gold,)), Selector(2), Selector(-1)]
    events = [Seen(0, 1, None, {"plan": "gold"}), Seen(0, 1, None, {}), Seen(0, 1), Seen(0, 2), Seen(0, 9)]
    block = block_of((7, seen) for seen in events)
    met = np.array([one.met(block) for one in steps]).T
    assert [np.flatnonzero(places).tolist() for places in met] == [[0, 1, 2], [0, 1], [0, 1], [1, 3], [1]]
