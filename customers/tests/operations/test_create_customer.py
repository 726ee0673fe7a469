from typing import Any

import pytest

from customers.models import CustomAttribute, Customer, Tag, Team
from customers.operations.clean_attributes import BadAttributes
from customers.operations.create_customer import create_customer
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def definitions() -> None:
    CustomAttribute.objects.create(code="size", name="Size", type="number", kind="organisation", is_required=True)
    CustomAttribute.objects.create(code="born", name="Born", type="date", kind="person")


def test_attributes_are_checked_and_kept_as_their_type(north: Team) -> None:
    row = create_customer(name="A", team=north, kind="organisation", attributes={"size": 7.0}, at=NOW)
    assert Customer.objects.get(pk=row.pk).attributes == {"size": 7}


@pytest.mark.parametrize("attributes", [{"size": "7"}, {"colour": "red"}, {"born": "2026-01-31"}, {"size": 7, "x": 1}])
def test_what_no_attribute_takes_is_refused(north: Team, attributes: dict[str, Any]) -> None:
    with pytest.raises(BadAttributes):
        create_customer(name="A", team=north, kind="organisation", attributes=attributes, at=NOW)
    assert not Customer.objects.exists()


def test_what_must_be_given_is_asked_for_at_the_edges_alone(north: Team) -> None:
    create_customer(name="A", team=north, kind="organisation", at=NOW)
    create_customer(name="B", team=north, kind="person", require_attributes=True, at=NOW)
    with pytest.raises(BadAttributes, match="required"):
        create_customer(name="C", team=north, kind="organisation", require_attributes=True, at=NOW)


def test_tags_are_put_on_by_name(north: Team) -> None:
    vip = Tag.objects.create(name="VIP")
    row = create_customer(name="A", team=north, tags=["vip", "New"], at=NOW)
    assert set(row.tags.all()) == {vip, Tag.objects.get(name="New")}
