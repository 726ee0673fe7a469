import pytest

from customers.matching.similarity import given_word_similarity, organisation_similarity, word_similarity


@pytest.mark.parametrize(("one", "other"), [("johnson", "jonson"), ("katherine", "katharine"), ("siemens", "siemnes")])
def test_a_slip_in_a_long_word_is_nearly_the_same(one: str, other: str) -> None:
    assert word_similarity(one, other) > 0.9


@pytest.mark.parametrize(("one", "other"), [("li", "lu"), ("lee", "leo"), ("12", "21"), ("a1", "a2")])
def test_in_a_short_word_or_a_number_it_makes_another(one: str, other: str) -> None:
    assert word_similarity(one, other) < 0.8


@pytest.mark.parametrize(("one", "other"), [("bob", "robert"), ("liz", "elizabeth"), ("sasha", "alexander")])
def test_short_forms_of_given_names_are_known(one: str, other: str) -> None:
    assert given_word_similarity(one, other) > 0.9


@pytest.mark.parametrize(("one", "other"), [("paul", "paula"), ("mario", "maria"), ("bob", "bill"), ("j", "peter")])
def test_these_are_two_given_names(one: str, other: str) -> None:
    assert given_word_similarity(one, other) < 0.75


def test_words_that_many_organisations_have_count_little() -> None:
    same_generic = organisation_similarity(["delta", "services"], ["gamma", "services"])
    same_own = organisation_similarity(["delta", "services"], ["delta", "trading"])
    assert same_generic < 0.7 < same_own
