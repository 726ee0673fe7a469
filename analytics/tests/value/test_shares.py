"""Two shares and their difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.value.shares import difference_of_shares, wilson


@st.composite
def hits(draw: st.DrawFn) -> tuple[int, int]:
    of = draw(st.integers(1, 10_000))
    return draw(st.integers(0, of)), of


def test_it_reproduces_a_published_interval() -> None:
    """Newcombe 1998, table II: 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    found = difference_of_shares(treated_hits=56, treated=70, held_hits=48, held=80)
    assert found is not None
    assert found.difference == pytest.approx(0.2)
    assert found.low == pytest.approx(0.0524, abs=5e-5) and found.high == pytest.approx(0.3339, abs=5e-5)


@given(hits(), hits())
def test_the_difference_lies_within_its_interval(one: tuple[int, int], other: tuple[int, int]) -> None:
    found = difference_of_shares(treated_hits=one[0], treated=one[1], held_hits=other[0], held=other[1])
    assert found is not None
    assert -1.0 <= found.low <= found.difference + 1e-12 and found.difference - 1e-12 <= found.high <= 1.0
    turned = difference_of_shares(treated_hits=other[0], treated=other[1], held_hits=one[0], held=one[1])
    assert turned is not None and turned.low == pytest.approx(-found.high) and turned.high == pytest.approx(-found.low)


@given(hits())
def test_a_share_lies_within_its_interval(one: tuple[int, int]) -> None:
    low, high = wilson(*one)
    assert 0.0 <= low <= one[0] / one[1] + 1e-12 and one[0] / one[1] - 1e-12 <= high <= 1.0


def test_an_empty_group_says_nothing() -> None:
    assert difference_of_shares(treated_hits=0, treated=0, held_hits=1, held=2) is None
    with pytest.raises(ValueError, match="hits"):
        wilson(3, 2)
