"""Where a score stands among all, in words: the same on pages and on a terminal."""

import pytest

from analytics.operations.rank_words import rank


@pytest.mark.parametrize(
    ("percentile", "said"),
    [
        (None, ""),
        (0, "lower than 99 % of customers"),
        (0.3, "lower than 99 % of customers"),
        (30.2, "lower than 70 % of customers"),
        (50, "higher than 50 % of customers"),
        (99.97, "higher than 99 % of customers"),
        (100, "higher than 99 % of customers"),
    ],
)
def test_nobody_stands_above_or_below_all(percentile: float | None, said: str) -> None:
    assert rank(percentile) == said
