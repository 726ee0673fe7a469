"""Small parts of what rows become."""

from typing import Any

import pytest

from customers.full_name import full_name
from customers.importers.contents.addresses import joined
from customers.importers.contents.named import name_id
from customers.importers.contents.places import country_code, language_code
from customers.importers.contents.yes import is_yes
from customers.importers.run import Unusable
from customers.models import User


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["757 William Pass", "Apt. 782", "Katherinemouth", "ID", "74929", "United States"],
         "757 William Pass, Apt. 782, Katherinemouth, ID 74929, United States"),
        (["", "", "Leeds", "", "", ""], "Leeds"),
        (["世纪大道1号", "", "浦东新区", "上海市", "200120", "中国"], "中国上海市浦东新区世纪大道1号 200120"),
        (["", "", "", "", "", ""], ""),
    ],
)  # fmt: skip
def test_an_address_is_written_as_on_a_letter(parts: list[str], text: str) -> None:
    assert joined(parts) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"), ("deu", "DE"), ("Germany", "DE"), ("Deutschland", "DE"), ("德国", "DE"), ("United Kingdom", "GB"),
        ("UK", "GB"), ("Britain (UK)", "GB"), ("USA", "US"), ("U.S.A.", "US"), ("United States", "US"), ("EIRE", "IE"),
        ("RSA", "ZA"), ("Hong Kong", "HK"), ("中国", "CN"), ("Czech Republic", "CZ"), ("South Korea", "KR"),
        ("Côte d'Ivoire", "CI"), ("Unspecified", ""), ("European Community", ""),
    ],
)  # fmt: skip
def test_countries_are_known_by_many_names(text: str, code: str) -> None:
    notes: list[str] = []
    assert country_code(text, notes.append) == code
    assert bool(notes) == (not code)


@pytest.mark.parametrize(
    ("text", "code"),
    [("en", "en"), ("en_GB", "en-GB"), ("zh-Hans", "zh-Hans"), ("German", "de"), ("Português", "pt"), ("中文", "zh")],
)
def test_languages_are_known_by_code_and_name(text: str, code: str) -> None:
    assert language_code(text, lambda _note: pytest.fail("noted")) == code


def test_a_language_that_nobody_knows_is_noted() -> None:
    notes: list[Any] = []
    assert language_code("Klingon, mostly", notes.append) == ""
    assert notes == ["“Klingon, mostly” is no language that is known here: left out"]


@pytest.mark.parametrize(
    ("given", "family", "name"),
    [
        ("Ann", "Lee", "Ann Lee"),
        ("芳", "王", "王芳"),
        ("Ann", "", "Ann"),
        ("", "Lee", "Lee"),
        ("Fang", "王", "Fang 王"),
    ],
)
def test_a_name_is_put_together_as_its_language_does(given: str, family: str, name: str) -> None:
    assert full_name(given, family) == name
    assert User(first_name=given, last_name=f" {family}").get_full_name() == name


def test_yes_and_no_have_many_words_and_anything_else_is_neither() -> None:
    assert all(is_yes(word) for word in ("1", "TRUE", "Yes", "是", "x", "✓", " y "))
    assert not any(is_yes(word) for word in ("", "0", "False", "no", "否", "-"))
    with pytest.raises(Unusable, match="Opt-in: “maybe” is neither yes nor no"):
        is_yes("maybe", "Opt-in")


def test_one_name_has_one_id_however_it_is_written_and_long_ones_fit() -> None:
    assert name_id("ACME  Ltd") == name_id("Acmé Ltd") == "name:acme ltd"
    assert len(name_id("x" * 500)) < 128
