"""Shares have one form."""

import pytest
from django.utils.translation import override

from services.admin.percents import percent


@pytest.mark.parametrize(
    ("some", "everything", "said"),
    [(3, 3, "100"), (0, 3, "0"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 2, "50"), (0, 0, None)],
)
def test_a_share_has_a_decimal_only_where_it_says_something(some: int, everything: int, said: str | None) -> None:
    with override("en"):
        assert percent(some, everything) == said
