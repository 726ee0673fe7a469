import pytest

from customers.models import User
from services.models import Ticket
from tests.client import as_user, url

pytestmark = pytest.mark.django_db


def test_it_changes_the_priority(ann: User, ticket: Ticket) -> None:
    response = as_user(ann).post(url(f"tickets/{ticket.pk}/prioritise/"), {"priority": 4})
    assert (response.status_code, response.json()["priority"]) == (200, 4)


def test_a_solved_ticket_keeps_its_own(ann: User, ticket: Ticket) -> None:
    client = as_user(ann)
    client.post(url(f"tickets/{ticket.pk}/solve/"))
    response = client.post(url(f"tickets/{ticket.pk}/prioritise/"), {"priority": 4})
    assert (response.status_code, response.json()["code"]) == (409, "ticket_is_solved")


def test_there_are_four_priorities(ann: User, ticket: Ticket) -> None:
    assert as_user(ann).post(url(f"tickets/{ticket.pk}/prioritise/"), {"priority": 5}).status_code == 400


def test_an_outsider_is_refused(otto: User, ticket: Ticket) -> None:
    assert as_user(otto).post(url(f"tickets/{ticket.pk}/prioritise/"), {"priority": 4}).status_code == 404
