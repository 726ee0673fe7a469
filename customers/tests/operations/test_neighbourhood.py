from datetime import timedelta
from typing import Any

import pytest

from customers.models import Customer, Team, User
from customers.operations.neighbourhood import FIRST_RING, SECOND_RING, neighbourhood
from customers.tests.operations.relations import firms, persons, relate
from tests.cast import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


def names(customers: list[Customer]) -> list[str]:
    return [row.name for row in customers]


def test_it_reaches_two_relations_far_and_no_further(north: Team, acme: Customer, ann: User) -> None:
    b, c, d = firms(north, "BCD")
    relate("supplies", acme, b)
    relate("supplies", c, b)
    relate("supplies", c, d)
    relate("client", acme)
    found = neighbourhood(customer=acme, user=ann, on=TODAY)
    assert (names(found.first), names(found.second)) == (["B"], ["C"])
    assert [(tie.near.name, tie.far.name, tie.verbs) for tie in found.ties] == [
        ("Acme Pumps", "B", ["supplies"]),
        ("B", "C", ["is supplied by"]),
    ]
    assert (found.more_first, found.more_second) == (0, 0)


def test_close_ones_come_first_and_those_that_ended_last(north: Team, acme: Customer, ann: User) -> None:
    a, b, c = persons(north, "ABC")
    relate("works-for", a, acme, strength=5, until=YESTERDAY)
    relate("works-for", b, acme, strength=1)
    relate("works-for", c, acme, strength=4)
    found = neighbourhood(customer=acme, user=ann, on=TODAY)
    assert names(found.first) == ["C", "B", "A"]
    assert [tie.is_past for tie in found.ties] == [False, False, True]


def test_several_relations_of_two_are_one_tie(north: Team, ann: User) -> None:
    a, b = persons(north, "AB")
    relate("married-to", a, b, strength=2)
    relate("lives-with", b, a, strength=4)
    relate("referred-by", a, b, strength=5, until=YESTERDAY)
    (tie,) = neighbourhood(customer=a, user=ann, on=TODAY).ties
    assert (tie.strength, tie.is_past, sorted(tie.verbs)) == (4, False, ["lives with", "married to"])
    assert len(tie.relations) == 3


def test_neighbours_who_are_related_are_tied_to_each_other(north: Team, acme: Customer, ann: User) -> None:
    a, b = persons(north, "AB")
    relate("works-for", a, acme)
    relate("works-for", b, acme)
    relate("reports-to", a, b)
    found = neighbourhood(customer=acme, user=ann, on=TODAY)
    assert found.second == []
    assert [(tie.near.name, tie.far.name) for tie in found.ties][-1] == ("A", "B")


def test_it_is_bounded_and_says_how_many_more(north: Team, acme: Customer, ann: User) -> None:
    (hub,) = firms(north, "H")
    relate("supplies", acme, hub, strength=5)
    for person in persons(north, "abcdefghijklmnopqrst"):
        relate("works-for", person, acme)
    for person in persons(north, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        relate("works-for", person, hub)
    found = neighbourhood(customer=acme, user=ann, on=TODAY)
    assert (len(found.first), found.more_first) == (FIRST_RING, 21 - FIRST_RING)
    assert (len(found.second), found.more_second) == (SECOND_RING, 26 - SECOND_RING)


def test_nobody_takes_the_whole_second_ring(north: Team, acme: Customer, ann: User) -> None:
    hub, small, far = firms(north, "HSF")
    relate("supplies", acme, hub, strength=5)
    relate("supplies", acme, small, strength=1)
    relate("supplies", small, far, strength=1)
    for person in persons(north, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        relate("works-for", person, hub, strength=5)
    assert "F" in names(neighbourhood(customer=acme, user=ann, on=TODAY).second)


def test_whoever_is_out_of_sight_is_not_told(north: Team, south: Team, acme: Customer, ann: User, root: User) -> None:
    (hidden,) = firms(south, "H")
    (beyond,) = firms(north, "B")
    relate("supplies", acme, hidden)
    relate("supplies", hidden, beyond)
    found = neighbourhood(customer=acme, user=ann, on=TODAY)
    assert (found.first, found.second, found.ties) == ([], [], [])
    assert names(neighbourhood(customer=acme, user=root, on=TODAY).second) == ["B"]


@pytest.mark.parametrize("count", [1, 20])
def test_it_asks_twice_however_many_there_are(
    north: Team, acme: Customer, root: User, count: int, django_assert_num_queries: Any
) -> None:
    for person in persons(north, "ABCDEFGHIJKLMNOPQRST"[:count]):
        relate("works-for", person, acme)
    with django_assert_num_queries(2):
        neighbourhood(customer=acme, user=root, on=TODAY)
