"""Who was asked for a rating: on the ticket's page, in the list, and as a share above the ratings."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from customers.models import Customer, User
from services.models import Queue, RatingRequest
from services.operations.answer_rating_request import answer_rating_request
from services.operations.rating_links import link_of
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.ratings import a_solved_ticket, asked


@pytest.fixture
def desk(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


def open_at(client: Client, path: str, **moment: float) -> Any:
    with time_machine.travel(after(**moment), tick=False):
        client.force_login(User.objects.get(username="ann"))  # the session of another day is over
        return client.get(path)


def test_the_ticket_shows_the_link_until_it_expires(desk: Client, acme: Customer, queue: Queue) -> None:
    request = asked(acme, queue)
    page = reverse("admin:services_ticket_change", args=[request.ticket_id])
    html = open_at(desk, page, hours=2).content.decode()
    assert "5 – Very good: …" in html and "Somebody who left" not in html
    assert html.count(link_of(request)) == 1 and f'value="{link_of(request)}"' in html
    assert "Copy link" in html and "No answer yet." in html
    html = open_at(desk, page, days=20).content.decode()
    assert "Copy link" not in html and "The time to answer is over." in html and "Ask for a rating" in html


def test_a_colleague_asks_for_a_rating(desk: Client, acme: Customer, queue: Queue) -> None:
    ticket = a_solved_ticket(acme, queue)
    page = reverse("admin:services_ticket_do", args=[ticket.pk, "ask-rating"])
    assert desk.post(page, {"version": 2, "seen_event": 0}).status_code == 302
    assert RatingRequest.objects.get().ticket == ticket
    new = a_ticket(acme, queue)
    refused = desk.post(reverse("admin:services_ticket_do", args=[new.pk, "ask-rating"]), {"version": 1})
    assert refused.status_code == 409 and "when the ticket is solved" in refused.content.decode()


def test_the_response_rate_stands_above_the_ratings(desk: Client, acme: Customer, queue: Queue, ann: User) -> None:
    page = reverse("admin:services_satisfactionrating_changelist")
    assert "Nobody was asked for a rating in the last 90 days." in open_at(desk, page, days=2).content.decode()
    answer_rating_request(request=asked(acme, queue, assignee=ann.agent), value=5, at=after(days=1))
    for _ in range(2):
        a_solved_ticket(acme, queue)
    html = open_at(desk, page, days=2).content.decode()
    assert "Response rate: 33.3 %" in html and "1 of 3 who were asked" in html and "nobody" in html


def test_requests_are_listed_for_whoever_sees_the_ticket(
    client: Client, acme: Customer, queue: Queue, ann: User, otto: User
) -> None:
    request = asked(acme, queue)
    page = reverse("admin:services_ratingrequest_changelist")
    for user, expected in [(ann, True), (otto, False)]:
        client.force_login(user)
        assert (request.ticket.number in client.get(page).content.decode()) == expected
    assert client.get(reverse("admin:services_ratingrequest_change", args=[request.pk])).status_code == 404
