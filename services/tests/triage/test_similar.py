import pytest

from services.triage.similar import Index, index, overlap

TEXTS = ["the pump leaks oil", "the invoice is wrong", "the pump is loud", "漏水的水泵", "水泵漏水了"]


def test_the_most_alike_come_first_with_what_they_share() -> None:
    found = index([10, 20, 30, 40, 50], TEXTS).nearest("a pump that leaks", most=2)

    assert [one.key for one in found] == [10, 30]  # the third has a word more that was not asked for
    assert found[0].because[0].word == "pump"


def test_a_text_is_as_like_itself_as_can_be() -> None:
    assert index([1, 2, 3, 4, 5], TEXTS).nearest(TEXTS[3], most=1)[0].share == pytest.approx(1)


def test_nothing_is_like_a_text_of_other_words() -> None:
    assert index([1, 2], ["a b", "a b"]).nearest("zzz", most=3) == []
    assert index([], []).nearest("a", most=3) == []


def test_what_is_stored_finds_the_same() -> None:
    made = index([10, 20, 30, 40, 50], TEXTS)
    again = Index.from_bytes(made.to_bytes())

    assert [one.key for one in again.nearest("pump", most=5)] == [one.key for one in made.nearest("pump", most=5)]


def test_overlap_weighs_rare_words_more() -> None:
    idf = {"the": 1.0, "pump": 3.0}

    assert overlap("the pump", "the pump", idf=idf) == pytest.approx(1)
    assert overlap("the pump", "a pump", idf=idf) > overlap("the pump", "the bill", idf=idf)
    assert overlap("", "x", idf=idf) == 0
