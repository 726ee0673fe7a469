"""Custom attributes as parameters of a list."""

import pytest

from customers.models import CustomAttribute
from customers.segments.attribute_filters import BadFilters, attribute_conditions
from customers.segments.facts import Catalogue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def definitions() -> None:
    CustomAttribute.objects.create(code="level", name="Level", type="choice", choices=["gold"])
    CustomAttribute.objects.create(code="size", name="Size", type="number")
    CustomAttribute.objects.create(code="vip", name="VIP", type="yes_no")
    CustomAttribute.objects.create(code="renewal", name="Renewal", type="date")
    CustomAttribute.objects.create(code="note", name="Note", type="text")


def test_each_is_read_as_its_type() -> None:
    asked = {
        "attribute.level": "gold",
        "attribute.size": "7",
        "attribute.size.min": "7.5",
        "attribute.vip": "true",
        "attribute.renewal.max": "2026-12-31",
        "attribute.note": "x",
        "q": "ignored",
    }
    assert attribute_conditions(asked, catalogue=Catalogue(None)) == [
        {"fact": "attribute.level", "op": "is", "value": "gold"},
        {"fact": "attribute.size", "op": "is", "value": 7},
        {"fact": "attribute.size", "op": "at_least", "value": 7.5},
        {"fact": "attribute.vip", "op": "is", "value": True},
        {"fact": "attribute.renewal", "op": "between", "value": ["1900-01-01", "2026-12-31"]},
        {"fact": "attribute.note", "op": "is", "value": "x"},
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("attribute.colour", "red"),
        ("attribute.", "red"),
        ("attribute.level", "silver"),
        ("attribute.level.min", "gold"),
        ("attribute.size", "many"),
        ("attribute.size", "nan"),
        ("attribute.vip", "yes"),
        ("attribute.renewal", "soon"),
        ("attribute.renewal.min", "31.12.2026"),
        ("attribute.note", " "),
    ],
)
def test_what_is_not_right_is_named(name: str, text: str) -> None:
    with pytest.raises(BadFilters) as refused:
        attribute_conditions({name: text, "attribute.size.max": "5"}, catalogue=Catalogue(None))
    assert list(refused.value.errors) == [name]
