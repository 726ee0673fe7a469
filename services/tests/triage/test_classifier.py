import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.triage.classifier import Classifier, TooLittleToLearn, features, learn, vocabulary
from services.triage.held_out import hold_out

PUMPS = ["the pump leaks", "my pump is loud", "pump broken again", "水泵漏水", "a new pump please"] * 4
BILLS = ["the invoice is wrong", "pay the invoice twice", "invoice lost", "发票金额不对", "a copy of the invoice"] * 4
TEXTS = [text for pair in zip(PUMPS, BILLS, strict=True) for text in pair]
LABELS = ["repair", "billing"] * len(PUMPS)


def test_it_tells_apart_what_people_sorted() -> None:
    classifier = learn(TEXTS, LABELS)

    best = classifier.suggest("our PUMP leaks oil")[0]

    assert best.label == "repair"
    assert best.probability > 0.8
    assert {reason.word for reason in best.because} >= {"pump", "leaks"}


def test_it_reads_chinese() -> None:
    assert learn(TEXTS, LABELS).suggest("发票不对")[0].label == "billing"


def test_the_reasons_are_the_whole_difference_between_two_labels() -> None:
    classifier = learn(TEXTS, LABELS)
    text = "pump invoice"

    chances = classifier.probabilities([text])[0]
    row = features([{"pump", "invoice"}], classifier.words, classifier.idf)
    points = (row @ classifier.weights + classifier.bias)[0]

    assert np.log(chances[0] / chances[1]) == pytest.approx(points[0] - points[1])


def test_it_says_nothing_of_a_text_without_a_word_that_it_learned() -> None:
    assert learn(TEXTS, LABELS).suggest("zzz") == ()


def test_what_is_stored_suggests_the_same() -> None:
    classifier = learn(TEXTS, LABELS)
    again = Classifier.from_bytes(classifier.to_bytes())

    assert again.words == classifier.words
    assert again.probabilities(TEXTS) == pytest.approx(classifier.probabilities(TEXTS), abs=1e-5)


def test_it_does_not_learn_from_too_little() -> None:
    with pytest.raises(TooLittleToLearn):
        learn(TEXTS[:8], LABELS[:8])
    with pytest.raises(TooLittleToLearn):
        learn(PUMPS, ["repair"] * len(PUMPS))
    with pytest.raises(TooLittleToLearn):
        learn(["", "!"] * 20, ["a", "b"] * 20)


def test_texts_of_a_rare_label_are_left_out() -> None:
    assert learn([*TEXTS, "rare"], [*LABELS, "odd"]).labels == ("billing", "repair")


@given(st.lists(st.text(), min_size=1, max_size=5))
@settings(max_examples=50, deadline=None)
def test_probabilities_of_any_text_add_up_to_one(texts: list[str]) -> None:
    chances = learn(TEXTS, LABELS).probabilities(texts)

    assert chances.sum(axis=1) == pytest.approx(1)
    assert (chances >= 0).all()


def test_words_of_one_text_alone_are_not_learned() -> None:
    words, idf = vocabulary([{"a", "b"}, {"a"}])

    assert words == ("a",)
    assert idf == pytest.approx([1.0])


def test_it_is_asked_about_what_came_later() -> None:
    held = hold_out(TEXTS, LABELS)

    assert held.texts == len(TEXTS) // 5
    assert held.right == 1.0
    assert held.commonest == 0.5
    assert held.off < 0.3


def test_labels_that_appear_later_count_as_wrong() -> None:
    held = hold_out([*TEXTS, *["quite new"] * 10], [*LABELS, *["new"] * 10])

    assert held.right < 0.6
