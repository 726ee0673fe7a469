from typing import Any

import pytest

from customers.models import Observation, User
from services.models import SatisfactionRating, Ticket
from tests.client import as_user, url

pytestmark = pytest.mark.django_db


def test_a_rating_is_a_fact_of_the_customer(ann: User, ticket: Ticket) -> None:
    response = as_user(ann).post(url(f"tickets/{ticket.pk}/rate/"), {"value": 4, "comment": "好"})
    assert response.status_code == 200, response.content
    body = response.json()
    assert (body["scale"], body["value"], body["comment"], body["ticket"]) == ("csat", 4, "好", ticket.pk)
    assert Observation.objects.get(subject_type="rating").value == 4


def test_a_changed_mind_replaces_what_was_said(ann: User, ticket: Ticket) -> None:
    client, path = as_user(ann), url(f"tickets/{ticket.pk}/rate/")
    client.post(path, {"value": 4})
    client.post(path, {"value": 2})
    assert SatisfactionRating.objects.get(replaced_by=None).value == 2
    assert Observation.objects.get(subject_type="rating", superseded_version=None).value == 2


@pytest.mark.parametrize(
    "data",
    [
        {"value": 0},
        {"value": 6},
        {"value": 11, "scale": "nps"},
        {"value": 0, "scale": "ces"},
        {"value": -1},
        {"value": 10**30},
        {"value": "many"},
        {"value": None},
        {},
    ],
)
def test_a_number_off_its_scale_is_refused(ann: User, ticket: Ticket, data: Any) -> None:
    response = as_user(ann).post(url(f"tickets/{ticket.pk}/rate/"), data)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["value"])
    assert not SatisfactionRating.objects.exists()


def test_an_outsider_is_refused(otto: User, ticket: Ticket) -> None:
    assert as_user(otto).post(url(f"tickets/{ticket.pk}/rate/"), {"value": 4}).status_code == 404


def test_who_may_only_read_is_refused(bob: User, ticket: Ticket) -> None:
    assert as_user(bob).post(url(f"tickets/{ticket.pk}/rate/"), {"value": 4}).status_code == 403
