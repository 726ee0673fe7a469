from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.models import CustomAttribute, Customer, StaleVersion, Team
from customers.operations.redefine_attribute import redefine_attribute
from customers.sql.attribute_values import replace_values
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def attribute(type: str, **extra: Any) -> CustomAttribute:
    return CustomAttribute.objects.create(code="size", name="Size", type=type, **extra)


def customers(team: Team, *values: Any) -> list[Customer]:
    return [
        Customer.objects.create(name=str(value), team=team, attributes={"size": value, "other": 1}) for value in values
    ]


@pytest.mark.parametrize(
    ("before", "values", "after", "converted"),
    [
        ("text", ["7", "1,234.5", " 8 "], "number", [7, 1234.5, 8]),
        ("number", [7, 7.5], "text", ["7", "7.5"]),
        ("text", ["yes", "No"], "yes_no", [True, False]),
        ("yes_no", [True, False], "text", ["yes", "no"]),
        ("text", ["2026-01-31"], "date", ["2026-01-31"]),
        ("date", ["2026-01-31"], "text", ["2026-01-31"]),
        ("number", [0, 1], "yes_no", [False, True]),
        ("text", ["gold"], "choice", ["gold"]),
    ],
)
def test_values_that_all_fit_are_brought_into_the_new_type(
    north: Team, before: str, values: list[Any], after: str, converted: list[Any]
) -> None:
    row = attribute(before)
    rows = customers(north, *values)
    redefine_attribute(attribute=row, changes={"type": after, "choices": ["gold"]}, at=NOW)
    for customer, old, value in zip(rows, values, converted, strict=True):
        version = customer.version
        customer.refresh_from_db()
        assert customer.attributes == {"size": value, "other": 1}
        assert type(customer.attributes["size"]) is type(value)
        assert customer.version == version + (type(old) is not type(value) or old != value)


def test_values_that_do_not_fit_are_counted_and_nothing_changes(north: Team) -> None:
    row = attribute("text")
    rows = customers(north, "7", "many", "few")
    with pytest.raises(ValidationError) as refused:
        redefine_attribute(attribute=row, changes={"type": "number"}, at=NOW)
    assert refused.value.message_dict == {
        "type": ["2 of the 3 values that stand do not fit: change them first, or leave the type."]
    }
    assert CustomAttribute.objects.get().type == "text"
    assert Customer.objects.get(pk=rows[0].pk).attributes["size"] == "7"


def test_the_code_stays_once_there_are_values(north: Team) -> None:
    row = attribute("text")
    redefine_attribute(attribute=row, changes={"code": "größe"}, at=NOW)
    Customer.objects.create(name="x", team=north, attributes={"größe": "7"})
    with pytest.raises(ValidationError) as refused:
        redefine_attribute(attribute=row, changes={"code": "size"}, at=NOW)
    assert list(refused.value.message_dict) == ["code"]


def test_it_stays_of_a_kind_that_has_values(north: Team) -> None:
    row = attribute("text")
    customers(north, "7")  # a person
    with pytest.raises(ValidationError) as refused:
        redefine_attribute(attribute=row, changes={"kind": "organisation"}, at=NOW)
    assert "1 customer of the other kind" in refused.value.message_dict["kind"][0]
    redefine_attribute(attribute=CustomAttribute.objects.get(), changes={"kind": "person"}, at=NOW)
    redefine_attribute(attribute=CustomAttribute.objects.get(), changes={"kind": ""}, at=NOW)


def test_a_choice_that_is_taken_away_stays_where_it_stands(north: Team) -> None:
    row = attribute("choice", choices=["gold", "silver"])
    (customer,) = customers(north, "gold")
    redefine_attribute(attribute=row, changes={"choices": ["silver"]}, at=NOW)
    customer.refresh_from_db()
    assert customer.attributes["size"] == "gold"


def test_a_stale_change_is_refused() -> None:
    row = attribute("text")
    redefine_attribute(attribute=row, changes={"name": "Magnitude"}, expected_version=1, at=NOW)
    with pytest.raises(StaleVersion):
        redefine_attribute(attribute=row, changes={"name": "Extent"}, expected_version=1, at=NOW)


def test_many_values_take_few_statements(north: Team, django_assert_max_num_queries: Any) -> None:
    row = attribute("text")
    customers(north, *map(str, range(300)))
    with django_assert_max_num_queries(16):
        redefine_attribute(attribute=row, changes={"type": "number"}, at=NOW)


def test_too_many_values_are_not_rewritten_in_one_request(north: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customers.operations.redefine_attribute.MOST_CONVERTED", 2)
    row = attribute("text")
    customers(north, "1", "2", "3")
    with pytest.raises(ValidationError, match="3 values would have to be rewritten"):
        redefine_attribute(attribute=row, changes={"type": "number"}, at=NOW)


@pytest.mark.parametrize("code", ["size", "größe-x", "2024", "a__b"])
def test_other_attributes_stay_as_they_are(north: Team, code: str) -> None:
    attributes = {code: "7", "other": [1, {"x": None}], "é": True}
    customer = Customer.objects.create(name="x", team=north, attributes=attributes)
    CustomAttribute.objects.create(code=code, name="Size")
    for value in (8, 8.5, "ü", True, [1, {"y": None}]):
        replace_values(code, {customer.pk: value}, at=NOW)
        customer.refresh_from_db()
        assert customer.attributes == {**attributes, code: value}
    replace_values("absent", {customer.pk: 1}, at=NOW)
    customer.refresh_from_db()
    assert "absent" not in customer.attributes
