"""A program says whether it wants a customer who looks like another."""

import pytest

from customers.models import Customer, DuplicatePair, Team, User
from tests.client import as_user, url
from tests.customers import enter

pytestmark = pytest.mark.django_db

PHONE = {"kind": "phone", "value": "+44 113 496 0001"}


@pytest.fixture
def here(north: Team) -> Customer:
    return enter(north, "Ann Lee", ("phone", PHONE["value"]))


def body(team: Team, **more: object) -> dict[str, object]:
    return {"name": "LEE, Ann", "team": team.pk, "contact_points": [PHONE], **more}


def test_it_is_refused_with_the_keys_of_those_who_are_here(ann: User, north: Team, here: Customer) -> None:
    response = as_user(ann).post(url("customers/"), body(north, on_duplicate="refuse"), format="json")
    assert response.status_code == 409
    assert response.json() == {
        "status": 409,
        "code": "duplicate",
        "detail": "This looks like a customer who is here already.",
        "duplicates": [here.pk],
    }
    assert (Customer.objects.count(), DuplicatePair.objects.count()) == (1, 0)


@pytest.mark.parametrize("more", [{}, {"on_duplicate": "allow"}])
def test_it_is_made_and_put_into_the_queue_otherwise(
    ann: User, north: Team, here: Customer, more: dict[str, str]
) -> None:
    response = as_user(ann).post(url("customers/"), body(north, **more), format="json")
    assert response.status_code == 201
    assert "on_duplicate" not in response.json()
    row = DuplicatePair.objects.get()
    assert (row.first, row.second_id, row.found_by) == (here, response.json()["id"], "entry")


def test_whoever_is_out_of_sight_is_not_betrayed(otto: User, south: Team, here: Customer) -> None:
    response = as_user(otto).post(url("customers/"), body(south, on_duplicate="refuse"), format="json")
    assert response.status_code == 201
    assert DuplicatePair.objects.get().first == here


def test_whoever_may_see_no_customer_is_told_of_none(north: Team, here: Customer) -> None:
    writer = User.objects.create_user("writer")
    writer.teams.add(north)
    from django.contrib.auth.models import Permission

    writer.user_permissions.add(Permission.objects.get(codename="add_customer"))
    response = as_user(writer).post(url("customers/"), body(north, on_duplicate="refuse"), format="json")
    assert response.status_code == 403
    assert str(here.pk) not in response.content.decode()


def test_another_word_is_refused_and_a_change_takes_none(ann: User, north: Team, here: Customer) -> None:
    client = as_user(ann)
    assert client.post(url("customers/"), body(north, on_duplicate="merge"), format="json").status_code == 400
    change = {"name": "x", "on_duplicate": "refuse"}
    response = client.patch(url(f"customers/{here.pk}/"), change, format="json", headers={"If-Match": "*"})
    assert response.status_code == 400
