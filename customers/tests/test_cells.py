import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.cells import from_xlsx, guard, to_xlsx, unguard

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
# Letters that matter here, often enough to meet each other.
TEXTS = st.text(st.one_of(st.sampled_from("'=+-@\t\r_x0041FfE\n\x00\x08"), st.characters(exclude_categories=["Cs"])))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-1"])
def test_a_formula_gets_one_apostrophe(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Ana", "'tis", "''", "1-1", " =1", "王芳"])
def test_what_is_no_formula_stays(text: str) -> None:
    assert guard(text) == text


@given(TEXTS)
def test_what_is_guarded_starts_no_formula_and_comes_back(text: str) -> None:
    assert not guard(text).startswith(FORMULAS)
    assert unguard(guard(text)) == text


@given(TEXTS)
def test_what_xml_cannot_hold_comes_back(text: str) -> None:
    kept = to_xlsx(text)
    assert not set(kept) & {chr(code) for code in range(32) if chr(code) not in "\t\n"}
    assert from_xlsx(kept) == text


def test_a_text_that_looks_like_an_escape_is_none() -> None:
    assert to_xlsx("_x0041_") == "_x005F_x0041_"
    assert to_xlsx("a\rb\ufffe") == "a_x000D_b_xFFFE_"
