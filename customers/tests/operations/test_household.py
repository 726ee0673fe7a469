from datetime import date, timedelta
from typing import Any

import pytest

from customers.models import Customer, RelationType, Team, User
from customers.operations import household as module
from customers.operations.household import Household, household
from customers.tests.operations.relations import persons, relate
from tests.cast import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def names(found: Household) -> str:
    return "".join(member.name for member in found.members)


def test_who_lives_alone_is_a_household(wang: Customer, ann: User) -> None:
    found = household(customer=wang, user=ann, on=TODAY)
    assert (found.members, found.relations, found.is_complete) == ([wang], [], True)


def test_it_reaches_everybody_by_way_of_others_from_either_end(north: Team, ann: User) -> None:
    a, b, c, d, e = persons(north, "ABCDE")
    relate("lives-with", a, b)
    relate("lives-with", c, b)
    relate("lives-with", c, d)
    relate("married-to", d, e)
    for start, expected in (a, "ABCD"), (b, "BACD"), (d, "DCBA"):
        found = household(customer=start, user=ann, on=TODAY)
        assert names(found) == expected
        assert len(found.relations) == 3


def test_only_what_holds_today_joins(north: Team, ann: User) -> None:
    a, b, c, d = persons(north, "ABCD")
    relate("lives-with", a, b, until=TODAY)
    relate("lives-with", a, c, until=TODAY - timedelta(days=1))
    relate("lives-with", b, d, since=TODAY + timedelta(days=1))
    assert names(household(customer=a, user=ann, on=TODAY)) == "AB"
    assert names(household(customer=a, user=ann, on=TODAY + timedelta(days=1))) == "A"
    assert names(household(customer=a, user=ann, on=date(2020, 1, 1))) == "ABC"


def test_nobody_is_reached_by_way_of_somebody_out_of_sight(north: Team, south: Team, ann: User, root: User) -> None:
    a, c = persons(north, "AC")
    (b,) = persons(south, "B")
    relate("lives-with", a, b)
    relate("lives-with", b, c)
    assert names(household(customer=a, user=ann, on=TODAY)) == "A"
    assert names(household(customer=a, user=root, on=TODAY)) == "ABC"


def test_staff_say_which_types_join(north: Team, ann: User) -> None:
    a, b = persons(north, "AB")
    relate("married-to", a, b)
    RelationType.objects.filter(code="married-to").update(is_household=True)
    assert names(household(customer=a, user=ann, on=TODAY)) == "AB"


def test_the_walk_is_bounded(north: Team, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_MEMBERS", 3)
    a, *others = persons(north, "ABCDE")
    for other in others:
        relate("lives-with", a, other)
    found = household(customer=a, user=ann, on=TODAY)
    assert (len(found.members), found.is_complete) == (3, False)
    ids = {member.pk for member in found.members}
    assert all({row.from_customer_id, row.to_customer_id} <= ids for row in found.relations)


def test_it_asks_once_a_step(north: Team, root: User, django_assert_num_queries: Any) -> None:
    a, *others = persons(north, "ABCDEFGH")
    for other in others:
        relate("lives-with", a, other)
    with django_assert_num_queries(2):
        household(customer=a, user=root, on=TODAY)
