"""Spam is told by points; every point has a reason."""

from dataclasses import replace

import pytest

from services.triage.spam import HELD_AT, POINTS, Signs, judge, same_text

PLAIN = Signs("", 40, "Ann", "Pump", "It leaks. See https://example.org/photo and my mail.", repeated=False, before=0)


def test_what_a_person_sends_is_let_through() -> None:
    verdict = judge(PLAIN)
    assert (verdict.score, verdict.reasons, verdict.is_held) == (0, (), False)


@pytest.mark.parametrize(
    ("code", "signs"),
    [
        ("honeypot", replace(PLAIN, honeypot="http://buy.example")),
        ("quick", replace(PLAIN, age=1.5)),
        ("quick", replace(PLAIN, age=-60)),
        ("link_as_name", replace(PLAIN, name="www.buy.example")),
        ("link_as_name", replace(PLAIN, subject="Look: http://buy.example")),
        ("links", replace(PLAIN, body="http://a " * 5)),
        ("repeated", replace(PLAIN, repeated=True)),
        ("many", replace(PLAIN, before=8)),
    ],
)
def test_one_strong_sign_holds_it(code: str, signs: Signs) -> None:
    verdict = judge(signs)
    assert verdict.reasons == (code,) and verdict.score == POINTS[code] and verdict.is_held


@pytest.mark.parametrize(
    ("code", "signs"),
    [
        ("old", replace(PLAIN, age=24 * 3600 + 1)),
        ("some_links", replace(PLAIN, body="http://a http://b http://c")),
        ("some", replace(PLAIN, before=3)),
    ],
)
def test_one_weak_sign_does_not(code: str, signs: Signs) -> None:
    verdict = judge(signs)
    assert verdict.reasons == (code,) and 0 < verdict.score < HELD_AT and not verdict.is_held


def test_weak_signs_add_up() -> None:
    verdict = judge(replace(PLAIN, age=90_000, before=4, body="http://a http://b [url=c]"))
    assert verdict.reasons == ("old", "some_links", "some") and verdict.score == 60 and verdict.is_held


def test_texts_are_compared_without_spaces_signs_and_case() -> None:
    assert same_text("Buy", " NOW!!\n") == same_text("", "buy... now")
    assert same_text("", "买 药") == same_text("买", "药。") != same_text("", "卖药")
