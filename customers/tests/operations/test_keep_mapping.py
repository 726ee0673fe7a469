from datetime import timedelta

import pytest

from customers.models import ImportMapping, User
from customers.operations.keep_mapping import keep_mapping
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_one_of_the_same_name_and_format_is_replaced(bob: User, root: User) -> None:
    first = keep_mapping(name="Shop", format="candid", tables={"list": {"A": "name"}}, by=bob, at=NOW)
    keep_mapping(name="Shop", format="zendesk", tables={}, by=bob, at=NOW)
    later = NOW + timedelta(days=1)
    again = keep_mapping(name="Shop", format="candid", tables={"list": {"A": "id"}}, by=root, at=later)
    assert again == first
    assert ImportMapping.objects.count() == 2
    assert (again.tables, again.created_by, again.created_at) == ({"list": {"A": "id"}}, root, later)
