"""Why this score: every point named."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.models import CustomerScore, ScoreSnapshot
from analytics.tests.admin.conftest import LONG_AGO, LogIn, score_everybody
from analytics.tests.admin.test_customer_list import OF_THE_SESSION
from customers.models import Customer, Order, Team, User
from customers.operations.tell_promises import tell_promises
from services.models import Queue, SatisfactionRating, Ticket
from services.operations.open_ticket import open_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW

BUDGET = 18


@pytest.fixture
def client(log_in: LogIn, ann: User) -> Client:
    """Ann's browser."""
    return log_in(ann)


def why(customer: Customer) -> str:
    return reverse("admin:customers_customer_why", args=[customer.pk])


def test_it_names_every_piece_of_evidence_and_links_to_it(client: Client, fallen: Customer) -> None:
    page = client.get(why(fallen))
    sections = page.context["factors"]
    quality = next(section for section in sections if section.code == "quality")
    assert len(quality.facts) == SatisfactionRating.objects.count()
    text = page.content.decode()
    for ticket in Ticket.objects.all():
        assert ticket.number in text
        assert reverse("admin:services_ticket_change", args=[ticket.pk]) in text


def test_an_overdue_order_says_by_how_long_and_leads_to_it(client: Client, acme: Customer) -> None:
    order = Order.objects.create(
        number="O-77", customer=acme, currency="EUR", ordered_at=LONG_AGO, promised_at=NOW - timedelta(days=5, hours=1)
    )
    tell_promises(orders=[order], at=LONG_AGO)
    score_everybody(NOW)
    text = client.get(why(acme)).content.decode()
    assert "5 days overdue" in text
    assert "O-77" in text
    assert reverse("admin:customers_order_change", args=[order.pk]) in text


def test_its_number_is_the_stored_one(client: Client, fallen: Customer) -> None:
    found = client.get(why(fallen)).context["found"]
    assert found.score == CustomerScore.objects.get(pk=fallen.pk).score
    assert sum(factor.points for factor in found.satisfaction.factors) == pytest.approx(found.score - 50)


def test_an_earlier_day_shows_the_score_of_that_day(client: Client, fallen: Customer) -> None:
    page = client.get(why(fallen), {"as_of": f"{LONG_AGO:%Y-%m-%d}"})
    assert page.context["found"].score == ScoreSnapshot.objects.get(customer=fallen, as_of=LONG_AGO).score
    assert page.context["number"] > client.get(why(fallen)).context["number"]


def test_what_was_learnt_later_is_named(client: Client, fallen: Customer) -> None:
    ticket = Ticket.objects.order_by("id").first()
    assert ticket is not None
    rate_ticket(ticket=ticket, value=1, by=None, at=LONG_AGO - timedelta(days=3))
    page = client.get(why(fallen), {"as_of": f"{LONG_AGO:%Y-%m-%d}"})
    assert page.context["changed_since"]
    assert "What we learnt after this score was computed" in page.content.decode()


def test_nonsense_for_a_date_is_said(client: Client, fallen: Customer) -> None:
    page = client.get(why(fallen), {"as_of": "yesterday"})
    assert page.status_code == 200
    assert "is no date" in page.content.decode()


def test_it_says_what_moved_the_score(client: Client, fallen: Customer) -> None:
    moved = client.get(why(fallen)).context["moved"]
    assert moved["since"] == LONG_AGO
    assert [str(name) for name, *_rest in moved["rows"]] == ["Quality", "Reliability", "Responsiveness", "Price"]


def test_a_customer_without_anything_stands_at_fifty(client: Client, acme: Customer) -> None:
    page = client.get(why(acme))
    assert page.context["number"] == 50
    assert "low evidence" in page.content.decode()


def test_a_ticket_out_of_sight_is_not_named(log_in: LogIn, fallen: Customer, otto: User) -> None:
    Customer.objects.filter(pk=fallen.pk).update(owner=otto)  # sees the customer, not North's tickets
    text = log_in(otto).get(why(fallen)).content.decode()
    ticket = Ticket.objects.first()
    assert ticket is not None
    assert ticket.subject not in text
    assert "not yours to see" in text


def test_an_outsider_finds_nothing(log_in: LogIn, otto: User, fallen: Customer) -> None:
    assert log_in(otto).get(why(fallen)).status_code == 404


def test_its_queries_keep_to_the_budget(client: Client, fallen: Customer) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(why(fallen))
    asked = [q["sql"] for q in queries if not any(word in q["sql"] for word in OF_THE_SESSION)]
    assert len(asked) <= BUDGET, "\n".join(asked)


def test_what_another_out_of_sight_said_is_not_told(
    client: Client, acme: Customer, wang: Customer, queue: Queue, south: Team
) -> None:
    ticket = open_ticket(customer=acme, requester=wang, subject="Leaks", queue=queue, by=None, at=LONG_AGO, body="Help")
    solve_ticket(ticket=ticket, by=None, at=LONG_AGO)
    rate_ticket(ticket=ticket, value=1, by=None, comment="So be it.", at=NOW)  # Acme did; it counts for both
    score_everybody(NOW)
    assert "So be it." in client.get(why(wang)).content.decode()
    Customer.objects.filter(pk=acme.pk).update(team=south)
    text = client.get(why(wang)).content.decode()
    assert "So be it." not in text
    assert "not yours to see" in text
