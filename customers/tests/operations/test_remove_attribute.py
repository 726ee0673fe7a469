import pytest

from customers.models import CustomAttribute, Customer, StaleVersion, Team
from customers.operations.remove_attribute import AttributeInUse, remove_attribute
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("code", ["size", "größe-x", "2024", "a__b"])
def test_values_go_with_it_when_that_is_said(north: Team, code: str) -> None:
    row = CustomAttribute.objects.create(code=code, name="Size")
    mine = Customer.objects.create(name="a", team=north, attributes={code: "7", "other": [1, {"x": None}]})
    other = Customer.objects.create(name="b", team=north, attributes={"other": 1})
    with pytest.raises(AttributeInUse, match="1 customer has a value"):
        remove_attribute(attribute=row, at=NOW)
    assert remove_attribute(attribute=row, with_values=True, at=NOW) == 1
    assert not CustomAttribute.objects.exists()
    mine.refresh_from_db()
    assert (mine.attributes, mine.version) == ({"other": [1, {"x": None}]}, 2)
    other.refresh_from_db()
    assert (other.attributes, other.version) == ({"other": 1}, 1)


def test_one_without_values_just_goes() -> None:
    row = CustomAttribute.objects.create(code="size", name="Size")
    assert remove_attribute(attribute=row, at=NOW) == 0
    assert not CustomAttribute.objects.exists()


def test_a_stale_one_is_refused() -> None:
    row = CustomAttribute.objects.create(code="size", name="Size")
    with pytest.raises(StaleVersion):
        remove_attribute(attribute=row, expected_version=7, at=NOW)
