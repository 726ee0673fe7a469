from datetime import date

import pytest
from django.core.exceptions import ValidationError

from customers.models import Customer, StaleVersion, Team
from customers.operations.relate_customers import AlreadyRelated, RelationRefused
from customers.operations.revise_relation import revise_relation
from customers.tests.operations.relations import firms, relate
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_it_changes_what_may_change_and_is_an_activity(acme: Customer, wang: Customer) -> None:
    relation = relate("works-for", wang, acme)
    revise_relation(relation=relation, changes={"role": "CTO", "strength": 5, "note": "hired"}, at=NOW)
    relation.refresh_from_db()
    assert (relation.role, relation.strength, relation.note, relation.version) == ("CTO", 5, "hired", 2)
    assert set(Customer.objects.values_list("activity_version", flat=True)) == {3}


def test_days_of_which_the_same_is_on_record_are_refused(acme: Customer) -> None:
    before = relate("client", acme, until=date(2020, 12, 31))
    relate("client", acme, since=date(2022, 1, 1))
    with pytest.raises(AlreadyRelated):
        revise_relation(relation=before, changes={"until": None}, at=NOW)
    revise_relation(relation=before, changes={"until": date(2021, 12, 31)}, at=NOW)


def test_taking_up_an_ended_relation_closes_no_circle(north: Team) -> None:
    a, b = firms(north, "AB")
    before = relate("parent-of", a, b, until=date(2020, 12, 31))
    relate("parent-of", b, a, since=date(2021, 1, 1))
    with pytest.raises(RelationRefused, match="circle"):
        revise_relation(relation=before, changes={"until": None}, at=NOW)


def test_a_relation_of_a_hierarchy_keeps_its_days(north: Team) -> None:
    a, b, c = firms(north, "ABC")
    relation = relate("parent-of", a, b)
    relate("parent-of", b, c)
    revise_relation(relation=relation, changes={"since": date(2020, 1, 1)}, at=NOW)


@pytest.mark.parametrize("changes", [{"strength": 6}, {"role": "x" * 101}])
def test_values_that_none_can_have_are_refused(acme: Customer, changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        revise_relation(relation=relate("client", acme), changes=changes, at=NOW)


def test_a_stale_change_is_refused(acme: Customer) -> None:
    relation = relate("client", acme)
    with pytest.raises(StaleVersion):
        revise_relation(relation=relation, changes={"role": "x"}, at=NOW, expected_version=7)
