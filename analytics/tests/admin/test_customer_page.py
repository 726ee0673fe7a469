"""The page about a customer, with what analytics adds."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.admin.timeline_page import read_place, write_place
from analytics.models import CustomerScore
from analytics.operations.timeline import Place
from analytics.tests.admin.conftest import LogIn
from analytics.tests.admin.test_customer_list import OF_THE_SESSION
from customers.models import Customer, User
from customers.operations.log_interaction import log_interaction
from tests.cast import NOW

BUDGET = 18


@pytest.fixture
def client(log_in: LogIn, ann: User) -> Client:
    """Ann's browser."""
    return log_in(ann)


def page_of(customer: Customer) -> str:
    return reverse("admin:customers_customer_page", args=[customer.pk])


def test_it_shows_the_stored_score_and_its_factors(client: Client, fallen: Customer) -> None:
    page = client.get(page_of(fallen))
    card, stored = page.context["score"], CustomerScore.objects.get(pk=fallen.pk)
    assert card.number == round(stored.score)
    assert [line.name for line in card.factors] == ["Quality", "Reliability", "Responsiveness", "Price"]
    assert f"Why {card.number}?" in page.content.decode()


def test_it_says_what_moved_it_and_the_parts_add_up(client: Client, fallen: Customer) -> None:
    moved = client.get(page_of(fallen)).context["score"].moved
    stored = CustomerScore.objects.get(pk=fallen.pk)
    assert stored.change is not None
    parts = [float(re.sub(r"<[^>]+>|[▲▼ +]", "", part).replace("−", "-")) for _name, part, _bar in moved.lines]
    assert sum(parts) == pytest.approx(stored.change, abs=0.25)  # each is rounded to a tenth


def test_a_customer_without_a_score_is_told_when_it_comes(client: Client, acme: Customer) -> None:
    assert "No score yet" in client.get(page_of(acme)).content.decode()


def test_a_stale_score_says_so(client: Client, fallen: Customer) -> None:
    log_interaction(customer=fallen, kind="call", direction="inbound", subject="Hello", author=None, at=NOW)
    assert client.get(page_of(fallen)).context["score"].is_stale


def test_older_entries_follow_without_gap_or_repetition(client: Client, acme: Customer) -> None:
    for hour in range(45):
        log_interaction(
            customer=acme,
            kind="call",
            direction="inbound",
            subject=f"Call {hour}",
            author=None,
            at=NOW,
            happened_at=NOW - timedelta(hours=hour),
        )
    titles: list[str] = []
    response = client.get(page_of(acme))
    while True:
        titles += [line.title for line in response.context["lines"]]
        older = response.context["older"]
        if not older:
            break
        url = reverse("admin:customers_customer_timeline", args=[acme.pk])
        response = client.get(url, {"before": older}, headers={"HX-Request": "true"})
    assert titles == [f"Call {hour}" for hour in range(45)]


def test_a_place_survives_its_address() -> None:
    place = Place(NOW, "order", 12)
    assert read_place(write_place(place)) == place


@pytest.mark.parametrize("nonsense", ["x", "2026-01-01~order~1", "2026-01-01T00:00:00Z~order~x"])
def test_nonsense_for_a_place_is_refused(client: Client, acme: Customer, nonsense: str) -> None:
    url = reverse("admin:customers_customer_timeline", args=[acme.pk])
    assert client.get(url, {"before": nonsense}).status_code == 400


def test_the_timeline_of_another_team_is_not_found(log_in: LogIn, otto: User, acme: Customer) -> None:
    url = reverse("admin:customers_customer_timeline", args=[acme.pk])
    assert log_in(otto).get(url).status_code == 404


def test_its_queries_keep_to_the_budget(client: Client, fallen: Customer) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page_of(fallen)).status_code == 200
    asked = [q["sql"] for q in queries if not any(word in q["sql"] for word in OF_THE_SESSION)]
    assert len(asked) <= BUDGET, "\n".join(asked)
