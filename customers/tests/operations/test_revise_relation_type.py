from functools import partial
from typing import Any

import pytest

from customers.models import Customer, Relation, RelationType, Team
from customers.operations.circles import count_in_circles
from customers.operations.relate_customers import RelationRefused, relate_customers
from customers.operations.revise_relation_type import RelationsStandAgainstIt, revise_relation_type
from customers.tests.operations.relations import firms, persons, relate, type_of
from tests.cast import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db


def revise(code: str, **changes: Any) -> RelationType:
    return revise_relation_type(row=type_of(code), changes=changes, at=NOW)


def test_names_change_whatever_stands(acme: Customer, wang: Customer) -> None:
    relate("works-for", wang, acme)
    assert revise("works-for", name="is employed by").version == 2


def test_kinds_that_relations_need_are_kept(north: Team, acme: Customer, wang: Customer) -> None:
    for person in persons(north, "AB"):
        relate("works-for", person, acme)
    with pytest.raises(RelationsStandAgainstIt, match="2 relations") as refused:
        revise("works-for", from_kind="organisation")
    assert (refused.value.field, refused.value.count) == ("from_kind", 2)
    with pytest.raises(RelationsStandAgainstIt) as refused:
        revise("works-for", to_kind="person")
    assert (refused.value.field, refused.value.count) == ("to_kind", 2)
    assert (type_of("works-for").from_kind, type_of("works-for").version) == ("person", 1)
    revise("works-for", from_kind="")


def test_a_relation_between_two_stays_one(acme: Customer, wang: Customer) -> None:
    relate("works-for", wang, acme)
    with pytest.raises(RelationsStandAgainstIt) as refused:
        revise("works-for", is_with_us=True, to_kind="")
    assert (refused.value.field, refused.value.count) == ("is_with_us", 1)


def test_a_relation_to_us_stays_one(acme: Customer) -> None:
    relate("client", acme)
    with pytest.raises(RelationsStandAgainstIt, match="1 relation ") as refused:
        revise("client", is_with_us=False)
    assert refused.value.field == "is_with_us"


def test_what_goes_in_circles_becomes_no_hierarchy(north: Team) -> None:
    a, b, c, d = firms(north, "ABCD")
    for start, end in (a, b), (b, c), (c, a), (c, d):
        relate("supplies", start, end)
    with pytest.raises(RelationsStandAgainstIt, match="3 relations") as refused:
        revise("supplies", is_hierarchy=True)
    assert refused.value.field == "is_hierarchy"
    Relation.objects.get(from_customer=c, to_customer=a).delete()
    assert revise("supplies", is_hierarchy=True).is_hierarchy


def test_a_deep_tree_holds_no_circle(north: Team) -> None:
    chain = firms(north, "ABCDEFGHIJ")
    Relation.objects.bulk_create(
        Relation(type=type_of("supplies"), from_customer=chain[n // 2], to_customer=chain[n]) for n in range(1, 10)
    )
    assert count_in_circles(type_of("supplies")) == 0


@pytest.mark.django_db(transaction=True)
def test_while_it_becomes_a_hierarchy_no_circle_slips_in() -> None:
    team = Team.objects.get()
    for _ in range(5):
        RelationType.objects.filter(code="supplies").update(is_hierarchy=False)
        Relation.objects.all().delete()
        a, b = firms(team, "AB")
        relate("supplies", a, b)
        results = at_once(
            partial(revise, "supplies", is_hierarchy=True),
            partial(relate_customers, type=type_of("supplies"), from_customer=b, to_customer=a, at=NOW),
        )
        names = sorted(type(result).__name__ for result in results)
        assert names in (["RelationRefused", "RelationType"], ["Relation", "RelationsStandAgainstIt"]), results
        assert issubclass(RelationsStandAgainstIt, RelationRefused)
        kind = type_of("supplies")
        assert not (kind.is_hierarchy and count_in_circles(kind))
