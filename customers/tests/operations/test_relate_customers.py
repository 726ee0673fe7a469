from datetime import date
from functools import partial

import pytest

from customers.models import Customer, Relation, RelationType, Team
from customers.operations.relate_customers import AlreadyRelated, RelationRefused, relate_customers
from customers.tests.operations.relations import firms, persons, relate
from tests.cast import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db


def test_it_is_an_activity_of_both_ends(acme: Customer, wang: Customer) -> None:
    relate("works-for", wang, acme, role="Buyer")
    assert set(Customer.objects.values_list("activity_version", flat=True)) == {2}


def test_a_circle_is_refused_however_long(north: Team) -> None:
    a, b, c, d = firms(north, "ABCD")
    relate("parent-of", a, b)
    relate("parent-of", b, c)
    relate("parent-of", c, d)
    for lower in (b, c, d):
        with pytest.raises(RelationRefused, match="circle") as refused:
            relate("parent-of", lower, a)
        assert refused.value.field == "to_customer"
    assert Relation.objects.count() == 3


def test_a_circle_of_a_hierarchy_that_reads_upwards_is_refused(north: Team) -> None:
    a, b, c = persons(north, "ABC")
    relate("reports-to", a, b)
    relate("reports-to", b, c)
    with pytest.raises(RelationRefused, match="circle"):
        relate("reports-to", c, a)


def test_two_parents_are_no_circle(north: Team) -> None:
    a, b, c = firms(north, "ABC")
    relate("parent-of", a, c)
    relate("parent-of", b, c)
    relate("parent-of", a, b)
    assert Relation.objects.count() == 3


def test_who_was_the_parent_may_become_the_child(north: Team) -> None:
    a, b = firms(north, "AB")
    relate("parent-of", a, b, until=date(2020, 12, 31))
    with pytest.raises(RelationRefused, match="circle"):
        relate("parent-of", b, a, since=date(2020, 12, 31))
    relate("parent-of", b, a, since=date(2021, 1, 1))


def test_relations_that_never_held_together_close_no_circle(north: Team) -> None:
    a, b, c = firms(north, "ABC")
    relate("parent-of", a, b, since=date(2010, 1, 1), until=date(2012, 12, 31))
    relate("parent-of", b, c, since=date(2013, 1, 1), until=date(2014, 12, 31))
    relate("parent-of", c, a, since=date(2010, 1, 1))


def test_a_hierarchy_of_another_type_is_another_hierarchy(north: Team) -> None:
    a, b = firms(north, "AB")
    other = RelationType.objects.create(code="o", name="oversees", inverse_name="is overseen by", is_hierarchy=True)
    relate("parent-of", a, b)
    relate_customers(type=other, from_customer=b, to_customer=a, at=NOW)


def test_the_same_from_the_other_end_is_refused_where_it_reads_alike(north: Team) -> None:
    a, b = persons(north, "AB")
    relate("married-to", a, b)
    with pytest.raises(AlreadyRelated):
        relate("married-to", b, a)


def test_it_looks_at_the_kind_that_stands_not_at_the_one_that_was_read(acme: Customer, wang: Customer) -> None:
    Customer.objects.filter(pk=wang.pk).update(kind="organisation")
    with pytest.raises(RelationRefused) as refused:
        relate("works-for", wang, acme)
    assert refused.value.field == "from_customer"


@pytest.mark.django_db(transaction=True)
def test_of_two_that_close_a_circle_together_one_is_refused() -> None:
    team = Team.objects.get()
    for _ in range(5):
        a, b, c = firms(team, "ABC")
        relate("parent-of", a, b)
        results = at_once(partial(relate, "parent-of", b, c), partial(relate, "parent-of", c, a))
        assert sorted(type(result).__name__ for result in results) == ["Relation", "RelationRefused"], results


@pytest.mark.django_db(transaction=True)
def test_the_same_twice_at_once_is_one() -> None:
    (a,) = firms(Team.objects.get(), "A")
    results = at_once(*[lambda: relate("client", a)] * 4)
    assert [isinstance(result, AlreadyRelated) for result in results].count(True) == 3, results
    assert Relation.objects.count() == 1
