"""What customers feel of late tickets around them: worked out from the tickets outwards, and kept."""

from datetime import timedelta
from typing import Any

import pytest

from analytics.models import CustomerScore, RelationEffect
from analytics.operations.refresh_relation_effects import refresh_relation_effects
from analytics.tests.histories import score_everybody
from customers.models import Customer, Team, User
from customers.operations.end_relation import end_relation
from customers.tests.operations.relations import firms, persons, relate
from services.models import Queue, Ticket
from services.operations.open_ticket import open_ticket
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)  # by then every target has passed


def late(customer: Customer, queue: Queue, number: int = 1) -> list[Ticket]:
    return [
        open_ticket(customer=customer, subject="Leaks", queue=queue, by=None, at=NOW, body="Help")
        for _ in range(number)
    ]


def effects() -> dict[str, float]:
    return {row.customer.name: row.points for row in RelationEffect.objects.select_related("customer")}


def test_two_late_tickets_of_the_parent_company_are_minus_four(north: Team, queue: Queue) -> None:
    parent, child = firms(north, "PC")
    relation = relate("parent-of", parent, child)
    late(parent, queue, 2)
    assert refresh_relation_effects(at=LATER) == 1
    row = RelationEffect.objects.get()
    assert (row.customer, row.points, row.tickets, row.at) == (child, -4.0, 2, LATER)
    assert row.sources == [{"customer": parent.pk, "tickets": 2, "via": [relation.pk], "points": -4.0}]


def test_the_score_itself_does_not_move(north: Team, queue: Queue) -> None:
    parent, child = firms(north, "PC")
    relate("parent-of", parent, child)
    late(parent, queue, 3)
    refresh_relation_effects(at=LATER)
    score_everybody(at=LATER)
    assert CustomerScore.objects.get(pk=child.pk).score == 50.0
    assert RelationEffect.objects.get(pk=child.pk).points == -6.0


def test_effects_go_along_employment_households_and_hierarchies_of_firms_alone(north: Team, queue: Queue) -> None:
    a, b, supplier = firms(north, "abs")
    worker, boss, friend, mate = persons(north, "wbfm")
    relate("parent-of", a, b)
    relate("works-for", worker, b)
    relate("reports-to", worker, boss)
    relate("supplies", supplier, b)
    relate("referred-by", worker, friend)
    relate("lives-with", worker, mate)
    relate("client", b)
    late(b, queue)
    late(worker, queue)
    late(supplier, queue)
    refresh_relation_effects(at=LATER)
    assert effects() == {"a": -2.0, "b": -2.0, "w": -2.0, "m": -2.0}


def test_at_one_remove_half_is_left_and_both_relations_are_named(north: Team, queue: Queue) -> None:
    parent, child = firms(north, "PC")
    (worker,) = persons(north, "w")
    above, below = relate("parent-of", parent, child), relate("works-for", worker, child)
    late(parent, queue, 2)
    refresh_relation_effects(at=LATER)
    assert effects() == {"C": -4.0, "w": -2.0}
    assert RelationEffect.objects.get(pk=worker.pk).sources[0]["via"] == [below.pk, above.pk]


def test_a_relation_that_has_ended_or_not_begun_carries_nothing(north: Team, queue: Queue) -> None:
    parent, old, coming = firms(north, "PON")
    relation = relate("parent-of", parent, old)
    relate("parent-of", parent, coming, since=LATER.date() + timedelta(days=2))
    late(parent, queue)
    end_relation(relation=relation, until=NOW.date(), at=NOW)
    refresh_relation_effects(at=LATER)
    assert effects() == {}
    refresh_relation_effects(at=LATER + timedelta(days=3))
    assert effects() == {"N": -2.0}


def test_a_ticket_that_is_solved_is_felt_no_more_and_one_in_time_never(north: Team, queue: Queue, ann: User) -> None:
    parent, child = firms(north, "PC")
    relate("parent-of", parent, child)
    (ticket,) = late(parent, queue)
    assert refresh_relation_effects(at=NOW) == 0  # nothing is due yet
    assert refresh_relation_effects(at=LATER) == 1
    solve_ticket(ticket=ticket, by=ann, at=LATER)
    assert refresh_relation_effects(at=LATER + timedelta(minutes=1)) == 0
    assert effects() == {}


def test_twice_at_once_changes_nothing_and_older_never_overwrites_newer(north: Team, queue: Queue) -> None:
    parent, child = firms(north, "PC")
    relate("parent-of", parent, child)
    late(parent, queue)
    for at in (LATER, LATER, LATER - timedelta(minutes=1)):
        refresh_relation_effects(at=at)
    row = RelationEffect.objects.get()
    assert (row.points, row.at) == (-2.0, LATER)


def test_the_number_of_queries_does_not_grow_with_the_customers(
    north: Team, queue: Queue, django_assert_max_num_queries: Any
) -> None:
    parent, *children = firms(north, "Pabcdefgh")
    for child in children:
        relate("parent-of", parent, child)
        for worker in persons(north, "xy"):
            relate("works-for", worker, child)
    late(parent, queue, 2)
    with django_assert_max_num_queries(14):
        assert refresh_relation_effects(at=LATER) == 24
