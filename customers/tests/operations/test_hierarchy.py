from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from customers.models import Customer, Relation, RelationType, Team, User
from customers.operations import hierarchy as module
from customers.operations.hierarchy import Standing, hierarchy
from customers.tests.operations.relations import firms, persons, relate, type_of
from tests.cast import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def told(found: Standing) -> tuple[list[str], str]:
    return ["".join(sorted(row.name for row in level)) for level in found.above], "".join(
        row.name for row in found.below
    )


def test_it_tells_up_to_the_top_and_directly_below(north: Team, ann: User) -> None:
    a, b, c, d, e, f = firms(north, "ABCDEF")
    for upper, lower in (a, b), (b, c), (c, e), (c, d), (d, f):
        relate("parent-of", upper, lower)
    assert told(hierarchy(customer=c, user=ann, on=TODAY)) == (["A", "B"], "DE")
    assert told(hierarchy(customer=a, user=ann, on=TODAY)) == ([], "B")
    assert told(hierarchy(customer=f, user=ann, on=TODAY)) == (["A", "B", "C", "D"], "")


def test_who_reports_to_somebody_stands_below(north: Team, ann: User) -> None:
    a, b, c = persons(north, "ABC")
    relate("reports-to", a, b)
    relate("reports-to", b, c)
    assert told(hierarchy(customer=a, user=ann, on=TODAY)) == (["C", "B"], "")
    assert told(hierarchy(customer=b, user=ann, on=TODAY)) == (["C"], "A")


def test_two_parents_stand_on_one_level(north: Team, ann: User) -> None:
    a, b, c = firms(north, "ABC")
    relate("parent-of", a, c)
    relate("parent-of", b, c)
    assert told(hierarchy(customer=c, user=ann, on=TODAY)) == (["AB"], "")


def test_who_stands_alone_stands_nowhere(acme: Customer, ann: User) -> None:
    assert not hierarchy(customer=acme, user=ann, on=TODAY)


def test_only_what_holds_today_counts(north: Team, ann: User) -> None:
    a, b, c, d = firms(north, "ABCD")
    relate("parent-of", a, b, until=TODAY - timedelta(days=1))
    relate("parent-of", b, c, until=TODAY)
    relate("parent-of", c, d, since=TODAY + timedelta(days=1))
    assert told(hierarchy(customer=c, user=ann, on=TODAY)) == (["B"], "")


def test_nothing_is_told_from_beyond_somebody_out_of_sight(north: Team, south: Team, ann: User, root: User) -> None:
    a, c = firms(north, "AC")
    (b,) = firms(south, "B")
    relate("parent-of", a, b)
    relate("parent-of", b, c)
    assert told(hierarchy(customer=c, user=ann, on=TODAY)) == ([], "")
    assert told(hierarchy(customer=c, user=root, on=TODAY)) == (["A", "B"], "")


def test_a_chain_ends_below_somebody_out_of_sight(north: Team, south: Team, ann: User) -> None:
    b, c = firms(north, "BC")
    (a,) = firms(south, "A")
    relate("parent-of", a, b)
    relate("parent-of", b, c)
    assert told(hierarchy(customer=c, user=ann, on=TODAY)) == (["B"], "")


def test_a_circle_that_slipped_in_does_not_go_round_for_ever(north: Team, ann: User) -> None:
    a, b = firms(north, "AB")
    relate("parent-of", a, b)
    Relation.objects.create(type=type_of("parent-of"), from_customer=b, to_customer=a)
    assert told(hierarchy(customer=a, user=ann, on=TODAY)) == (["B"], "B")


def test_below_is_bounded(north: Team, ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BELOW", 2)
    a, *others = firms(north, "ABCDE")
    for other in others:
        relate("parent-of", a, other)
    found = hierarchy(customer=a, user=ann, on=TODAY)
    assert (told(found)[1], found.more_below) == ("BC", 2)


@pytest.mark.parametrize("depth", [2, 12])
def test_it_costs_the_same_however_deep(north: Team, root: User, depth: int, django_assert_num_queries: Any) -> None:
    chain = firms(north, "ABCDEFGHIJKLM"[:depth])
    Relation.objects.bulk_create(
        Relation(type=RelationType.objects.get(code="parent-of"), from_customer=a, to_customer=b)
        for a, b in pairwise(chain)
    )
    with django_assert_num_queries(2):
        assert len(hierarchy(customer=chain[-1], user=root, on=TODAY).above) == depth - 1
