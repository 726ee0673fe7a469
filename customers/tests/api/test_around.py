from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer, Team, User
from customers.tests.operations.relations import firms, persons, relate
from tests.client import as_user, url, with_token

pytestmark = pytest.mark.django_db


def get(user: User, customer: Customer, what: str) -> Any:
    response = as_user(user).get(url(f"customers/{customer.pk}/{what}/"))
    assert response.status_code == 200, response.content
    return response.json()


def test_a_household_tells_its_members_and_what_joins_them(ann: User, north: Team) -> None:
    a, b = persons(north, "AB")
    relation = relate("lives-with", b, a)
    assert get(ann, a, "household") == {
        "members": [{"id": row.pk, "name": row.name, "kind": "person"} for row in (a, b)],
        "relations": [{"id": relation.pk, "type": "lives-with", "from_customer": b.pk, "to_customer": a.pk}],
        "is_complete": True,
    }


def test_a_household_is_that_of_today(ann: User, north: Team) -> None:
    a, b = persons(north, "AB")
    relate("lives-with", b, a, until=timezone.localdate() - timedelta(days=1))
    assert len(get(ann, a, "household")["members"]) == 1


def test_a_hierarchy_tells_above_and_below(ann: User, north: Team) -> None:
    a, b, c = firms(north, "ABC")
    relate("parent-of", a, b)
    relate("parent-of", b, c)
    told = get(ann, b, "hierarchy")
    assert [[row["name"] for row in level] for level in told["above"]] == [["A"]]
    assert ([row["name"] for row in told["below"]], told["more_below"]) == (["C"], 0)


def test_a_neighbourhood_tells_nodes_and_ties(ann: User, north: Team, acme: Customer, wang: Customer) -> None:
    (b,) = firms(north, "B")
    relation = relate("works-for", wang, acme, strength=4)
    relate("supplies", acme, b)
    told = get(ann, wang, "neighbourhood")
    assert [(row["name"], row["hops"]) for row in told["nodes"]] == [("王芳", 0), ("Acme Pumps", 1), ("B", 2)]
    assert told["ties"][0] == {
        "near": wang.pk,
        "far": acme.pk,
        "verbs": ["works for"],
        "strength": 4,
        "is_past": False,
        "relations": [{"id": relation.pk, "type": "works-for", "from_customer": wang.pk, "to_customer": acme.pk}],
    }
    assert (told["more_first"], told["more_second"]) == (0, 0)


@pytest.mark.parametrize("what", ["household", "hierarchy", "neighbourhood"])
def test_an_outsider_finds_nothing(otto: User, acme: Customer, what: str) -> None:
    assert as_user(otto).get(url(f"customers/{acme.pk}/{what}/")).status_code == 404
    assert as_user(otto).get(url(f"customers/{acme.pk}/{what}/?x=1")).status_code == 400


def test_a_neighbourhood_costs_the_same_however_large(
    ann: User, north: Team, acme: Customer, django_assert_max_num_queries: Any
) -> None:
    for person in persons(north, "ABCDEFGHIJKL"):
        relate("works-for", person, acme)
    client = with_token(ann)
    with django_assert_max_num_queries(8):
        client.get(url(f"customers/{acme.pk}/neighbourhood/"))
