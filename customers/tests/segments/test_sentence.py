"""Definitions as sentences."""

from typing import Any

import pytest

from customers.models import CustomAttribute, Product, RelationType, Tag, User
from customers.segments.definition import read_definition
from customers.segments.facts import Catalogue
from customers.segments.sentence import sentence_of
from customers.tests.segments.asking import all_of, any_of, asks

pytestmark = pytest.mark.django_db


def said(definition: dict[str, Any]) -> str:
    catalogue = Catalogue(None)
    return sentence_of(read_definition(definition, catalogue=catalogue), catalogue=catalogue)


def test_the_whole_definition_is_one_sentence() -> None:
    definition = all_of(
        asks("kind", "is", "person"),
        asks("country", "is", "GB"),
        asks("orders", "at_least", 3, days=90),
        asks("score", "at_most", 40),
    )
    assert said(definition) == "Persons in GB with at least 3 orders in the last 90 days and a score of at most 40"


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        (asks("kind", "is", "organisation"), "Organisations"),
        (asks("kind", "is_not", "person"), "Customers whose kind is not Person"),
        (asks("name", "contains", "pump"), "Customers whose name contains “pump”"),
        (asks("name", "one_of", ["a", "b", "c"]), "Customers whose name is “a”, “b” or “c”"),
        (asks("country", "one_of", ["GB", "CN"]), "Customers in GB or CN"),
        (asks("country", "one_of", list("ABCDEFG")), "Customers in A, B, C, D, E or 2 more"),
        (asks("language", "is", "zh-hans"), "Customers whose language is Simplified Chinese"),
        (asks("industry", "empty"), "Customers without industry"),
        (asks("owner", "empty"), "Customers without owner"),
        (asks("has_email", "is", False), "Customers without e-mail address"),
        (asks("created", "in_last", 1), "Customers who came in the last 1 day"),
        (asks("created", "between", ["2026-01-01", "2026-01-31"]), "Customers who came from 1 Jan 2026 to 31 Jan 2026"),
        (asks("last_ordered", "more_than_ago", 180), "Customers who last ordered more than 180 days ago"),
        (asks("last_ordered", "empty"), "Customers who never ordered"),
        (asks("score", "at_most", -5), "Customers with a score of at most \N{MINUS SIGN}5"),
        (asks("orders", "is", 1), "Customers with exactly 1 order"),
        (asks("orders", "between", [2, 5]), "Customers with between 2 and 5 orders"),
        (asks("orders", "at_least", 2000), "Customers with at least 2000 orders"),
        (
            asks("orders_total", "at_least", 1500.5, where={"currency": ["EUR"]}, days=30),
            "Customers with a total of orders of at least 1,500.50 (currency: EUR) in the last 30 days",
        ),
        (
            asks("tickets", "at_least", 2, where={"priority": [3, 4], "status": ["open"]}),
            "Customers with at least 2 tickets (priority: High or Urgent; status: Open)",
        ),
        (asks("score", "between", [20, 40]), "Customers with a score between 20 and 40"),
        (asks("low_evidence", "is", True), "Customers whose score rests on low evidence"),
        (asks("relation_to_us", "is", "client"), "Customers whose relation to us is client of ours"),
        (asks("relation", "one_of", ["works-for:inverse"]), "Customers whose relation to others is employs"),
        (asks("consent_given", "is", "marketing"), "Customers who consented to: Marketing"),
    ],
)
def test_a_condition_reads(condition: dict[str, Any], sentence: str) -> None:
    assert said(all_of(condition)) == sentence


def test_names_of_rows_are_said(root: User) -> None:
    tag = Tag.objects.create(name="VIP")
    pump = Product.objects.create(sku="P", name="Pump")
    assert said(all_of(asks("tag", "is", tag.pk))) == "Customers tagged VIP"
    assert said(all_of(asks("product", "none_of", [pump.pk]))) == "Customers who did not buy Pump"
    assert said(all_of(asks("owner", "is", root.pk))) == "Customers whose owner is root"


def test_a_custom_attribute_reads_as_its_type() -> None:
    CustomAttribute.objects.create(code="vip", name="VIP", type="yes_no")
    CustomAttribute.objects.create(code="renewal", name="Renewal", type="date")
    CustomAttribute.objects.create(code="size", name="Size", type="number")
    assert said(all_of(asks("attribute.vip", "is", True))) == "Customers whose VIP is Yes"
    assert said(all_of(asks("attribute.renewal", "in_next", 30))) == "Customers whose Renewal is in the next 30 days"
    assert said(all_of(asks("attribute.size", "at_least", 7.5))) == "Customers whose Size is at least 7.5"


def test_alternatives_are_joined_by_or() -> None:
    alternatives = any_of(asks("country", "is", "GB"), asks("orders", "at_least", 3), asks("score", "at_most", 40))
    assert said(alternatives) == "Customers in GB, with at least 3 orders or with a score of at most 40"


def test_groups_follow_each_other() -> None:
    groups = [
        {"conditions": [asks("kind", "is", "person"), asks("country", "is", "GB")]},
        {"conditions": [asks("score", "at_most", 40)]},
    ]
    assert said({"match": "any", "groups": groups}) == "Persons in GB; or customers with a score of at most 40"
    assert (
        said({"match": "all", "groups": groups}) == "Persons in GB; who are also customers with a score of at most 40"
    )


def test_every_fact_and_operator_has_a_sentence(root: User) -> None:
    for name in ("client", "works-for"):
        assert RelationType.objects.filter(code=name).exists()
    Tag.objects.create(name="VIP")
    CustomAttribute.objects.create(code="level", name="Level", type="choice", choices=["gold"])
    catalogue = Catalogue(None)
    for fact in catalogue.offered():
        for op in fact.operators():
            row = asks(fact.code, str(op), _value(fact, str(op)))
            row["where"] = {one.code: [_first(one.choices) or "EUR"] for one in fact.narrowings if one.is_required}
            if fact.choices is None or _first(fact.choices) is not None:
                text = sentence_of(read_definition(all_of(row), catalogue=catalogue), catalogue=catalogue)
                assert "%(" not in text, (fact.code, op, text)
                assert len(text) > len("Persons") - 1


def _first(choices: Any) -> Any:
    options = choices.options(None)
    return options[0][0] if options else None


def _value(fact: Any, op: str) -> Any:
    """A value that fits."""
    if op in ("empty", "not_empty"):
        return None
    if op in ("in_last", "in_next", "more_than_ago"):
        return 7
    ones: dict[str, Any] = {"yes_no": True, "number": 7, "money": 7, "date": "2026-01-31", "moment": "2026-01-31"}
    one = ones.get(fact.type, "x")
    if fact.choices is not None:
        one = _first(fact.choices)
    if op == "between":
        return [one, one]
    return [one] if op in ("one_of", "none_of") else one
