"""Definitions are read strictly, and what is wrong is named."""

from typing import Any

import pytest

from customers.models import CustomAttribute, Tag, User
from customers.segments.definition import SegmentInvalid, read_definition
from customers.segments.facts import Catalogue
from customers.segments.sealing import opened_definition
from customers.tests.segments.asking import all_of, asks
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def errors_of(definition: Any, user: User | None = None) -> SegmentInvalid:
    with pytest.raises(SegmentInvalid) as refused:
        read_definition(definition, catalogue=Catalogue(user))
    return refused.value


def problem_of(condition: dict[str, Any]) -> dict[str, str]:
    """What is wrong with one condition, by field."""
    problems: dict[str, str] = errors_of(all_of(condition)).errors["groups"][0]["conditions"][0]
    return problems


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        ([], "non_field_errors"),
        (None, "non_field_errors"),
        ({}, "groups"),
        ({"groups": []}, "groups"),
        ({"groups": {"0": {}}}, "groups"),
        ({"groups": [{}] * 21}, "groups"),
        ({"match": "none", "groups": [{"conditions": [asks("kind", "is", "person")]}]}, "match"),
        ({"match": ["all"], "groups": [{"conditions": [asks("kind", "is", "person")]}]}, "match"),
        ({"groups": [{"conditions": [asks("kind", "is", "person")]}], "limit": 5}, "limit"),
    ],
)
def test_a_definition_of_another_shape_is_refused(definition: Any, field: str) -> None:
    assert list(errors_of(definition).errors) == [field]


@pytest.mark.parametrize("group", [{}, {"conditions": []}, {"conditions": [asks("kind", "is", "person")] * 51}])
def test_a_group_has_conditions_and_not_too_many(group: dict[str, Any]) -> None:
    assert list(errors_of({"groups": [group]}).errors["groups"][0]) == ["conditions"]


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        ({"op": "is", "value": "person"}, "fact"),
        (asks("shoe_size", "is", 5), "fact"),
        ({"fact": ["kind"], "op": "is"}, "fact"),
        (asks("kind", "contains", "per"), "op"),
        ({"fact": "kind", "op": ["is"], "value": "person"}, "op"),
        ({"fact": "kind", "value": "person"}, "op"),
        (asks("kind", "is"), "value"),
        (asks("kind", "is", "robot"), "value"),
        (asks("kind", "is", ["person"]), "value"),
        (asks("kind", "one_of", "person"), "value"),
        (asks("kind", "one_of", []), "value"),
        (asks("country", "one_of", ["GB"] * 201), "value"),
        (asks("country", "empty", "GB"), "value"),
        (asks("name", "contains", " "), "value"),
        (asks("name", "contains", "a\x00"), "value"),
        (asks("name", "contains", "\ud800"), "value"),
        (asks("name", "contains", "x" * 256), "value"),
        (asks("name", "contains", 7), "value"),
        (asks("orders", "at_least", "3"), "value"),
        (asks("orders", "at_least", True), "value"),
        (asks("orders", "at_least", 2.5), "value"),
        (asks("orders", "at_least", -1), "value"),
        (asks("orders", "between", [3]), "value"),
        (asks("orders", "between", [5, 3]), "value"),
        (asks("orders_total", "at_least", 1.234, where={"currency": ["EUR"]}), "value"),
        (asks("score", "at_least", 1e15), "value"),
        (asks("score_percentile", "at_least", 101), "value"),
        (asks("created", "before", "soon"), "value"),
        (asks("created", "before", "0001-01-01"), "value"),
        (asks("created", "in_last", 0), "value"),
        (asks("created", "in_last", 36_501), "value"),
        (asks("has_email", "is", "yes"), "value"),
        (asks("tag", "is", 10**30), "value"),
        (asks("tag", "is", True), "value"),
        (asks("tag", "is", 999), "value"),
        (asks("relation_to_us", "is", "enemy"), "value"),
        (asks("kind", "is", "person", days=7), "days"),
        (asks("orders", "at_least", 3, days=0), "days"),
        (asks("orders", "at_least", 3, days="90"), "days"),
        (asks("orders", "at_least", 3, where=["status"]), "where"),
        (asks("orders", "at_least", 3, where={"colour": ["red"]}), "where"),
        (asks("orders", "at_least", 3, where={"status": "placed"}), "where"),
        (asks("orders", "at_least", 3, where={"status": ["lost"]}), "where"),
        (asks("orders", "at_least", 3, where={"product": [999]}), "where"),
        (asks("orders", "at_least", 3, where={"product": [{}]}), "where"),
        (asks("orders_total", "at_least", 3), "where"),
        (asks("orders_total", "at_least", 3, where={"currency": ["EUR", "CNY"]}), "where"),
        (asks("kind", "is", "person", colour="red"), "colour"),
    ],
)
def test_what_is_wrong_is_named(condition: dict[str, Any], field: str) -> None:
    assert list(problem_of(condition)) == [field]


def test_everything_wrong_is_named_at_once_with_its_place() -> None:
    wrong = {
        "groups": [
            {"conditions": [asks("kind", "is", "person"), asks("orders", "at_least", "many")]},
            {"match": "some", "conditions": [asks("gone", "is", 1)]},
        ]
    }
    refused = errors_of(wrong)
    assert set(refused.errors["groups"]) == {0, 1}
    assert refused.sentences() == [
        "Group 1, condition 2: Give a number.",
        "Group 2: Say “all” or “any”.",
        "Group 2, condition 1: There is no “gone” (any more) that could be asked for.",
    ]


def test_what_is_gone_is_named() -> None:
    tag = Tag.objects.create(name="VIP")
    size = CustomAttribute.objects.create(code="level", name="Level", type="choice", choices=["gold", "silver"])
    definition = all_of(
        asks("tag", "is", tag.pk), asks("attribute.level", "is", "gold"), asks("attribute.size", "is", 5)
    )
    Tag.objects.all().delete()
    CustomAttribute.objects.filter(pk=size.pk).update(choices=["silver"])
    sentences = errors_of(definition).sentences()
    assert sentences[0] == f"Group 1, condition 1: tag: “{tag.pk}” does not exist (any more)."
    assert sentences[1] == "Group 1, condition 2: Level: “gold” does not exist (any more)."
    assert "attribute.size" in sentences[2]


def test_a_fact_needs_its_permission() -> None:
    nobody = make_user("nobody")
    definition = all_of(asks("tickets", "at_least", 1))
    assert errors_of(definition, nobody).sentences() == ["Group 1, condition 1: You may not see “tickets”."]
    assert "tickets" not in {fact.code for fact in Catalogue(nobody).offered()}
    read_definition(definition, catalogue=Catalogue(None))


def test_it_is_brought_into_one_form() -> None:
    given = {"groups": [{"conditions": [asks("country", "one_of", ["gb", "GB", "cn"]), asks("orders", "is", 3.0)]}]}
    assert read_definition(given, catalogue=Catalogue(None)).as_json() == {
        "match": "all",
        "groups": [{"match": "all", "conditions": [asks("country", "one_of", ["GB", "CN"]), asks("orders", "is", 3)]}],
    }


def test_addresses_are_encrypted_where_they_are_stored() -> None:
    given = all_of(asks("email", "is", "ana@one.example"), asks("phone", "one_of", ["+442079460000"]))
    read = read_definition(given, catalogue=Catalogue(None))
    stored = read.as_json(stored=True)
    assert "ana" not in str(stored)
    assert "2079460000" not in str(stored)
    assert opened_definition(stored) == read.as_json()
    assert read_definition(stored, catalogue=Catalogue(None)) == read


def test_an_address_that_cannot_be_decrypted_is_told() -> None:
    condition = asks("email", "is", "sealed:1.AAAA")
    assert problem_of(condition) == {"value": "This value cannot be decrypted."}
    assert opened_definition(all_of(condition)) == all_of(condition)


@pytest.mark.parametrize("data", [None, [], {}, {"groups": 5}, {"groups": [5]}, {"groups": [{"conditions": 5}]}])
def test_a_definition_of_another_shape_is_shown_as_it_is(data: Any) -> None:
    assert opened_definition(data) == data
