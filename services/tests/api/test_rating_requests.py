from typing import Any

import pytest

from customers.models import Customer, User
from customers.operations.record_consent import record_consent
from services.models import Queue
from services.operations.answer_rating_request import answer_rating_request
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.ratings import a_solved_ticket, asked
from tests.cast import NOW
from tests.client import as_user, ids, url, with_token

pytestmark = pytest.mark.django_db


def test_requests_are_found_by_ticket_queue_agent_and_answer(
    ann: User, otto: User, acme: Customer, queue: Queue
) -> None:
    request = asked(acme, queue, assignee=ann.agent)
    other = a_solved_ticket(acme, queue).rating_requests.get()
    rating = answer_rating_request(request=request, value=4, at=after(days=1))
    client = as_user(ann)
    assert ids(client.get(url(f"rating-requests/?agent={ann.agent.pk}"))) == [request.pk]
    assert ids(client.get(url(f"rating-requests/?ticket={other.ticket_id}"))) == [other.pk]
    assert ids(client.get(url("rating-requests/?answered=true"))) == [request.pk]
    assert ids(client.get(url(f"rating-requests/?answered=false&queue={queue.pk}"))) == [other.pk]
    assert ids(client.get(url("rating-requests/?asked_after=2030-01-01T00:00:00Z"))) == []
    row = client.get(url(f"rating-requests/{request.pk}/")).json()
    assert (row["rating"], row["customer"], row["ticket"]) == (rating.pk, acme.pk, request.ticket_id)
    assert as_user(otto).get(url(f"rating-requests/{request.pk}/")).status_code == 404
    assert client.patch(url(f"rating-requests/{request.pk}/"), {}).status_code == 405


def test_a_rating_is_asked_for(ann: User, acme: Customer, queue: Queue) -> None:
    ticket = a_solved_ticket(acme, queue)
    client, path = as_user(ann), url(f"tickets/{ticket.pk}/request-rating/")
    assert client.post(path, headers={"If-Match": '"1"'}).status_code == 412
    response = client.post(path, headers={"If-Match": '"2"'})
    assert (response.status_code, response.json()["ticket"]) == (200, ticket.pk), response.content


def test_who_must_not_be_asked_is_a_conflict(ann: User, acme: Customer, queue: Queue) -> None:
    record_consent(customer=acme, purpose="survey", channel="any", is_given=False, at=NOW)
    for ticket in (a_solved_ticket(acme, queue), a_ticket(acme, queue)):
        response = as_user(ann).post(url(f"tickets/{ticket.pk}/request-rating/"))
        assert (response.status_code, response.json()["code"]) == (409, "may_not_be_asked")


@pytest.mark.parametrize("count", [3, 30])
def test_a_list_costs_the_same_however_long(
    ann: User, acme: Customer, queue: Queue, count: int, django_assert_max_num_queries: Any
) -> None:
    asked(acme, queue)
    for _ in range(count - 1):
        a_solved_ticket(acme, queue)
    client = with_token(ann)
    with django_assert_max_num_queries(8):
        assert len(ids(client.get(url("rating-requests/")))) == count
