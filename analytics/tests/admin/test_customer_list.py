"""The customer list with scores."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.models import CustomerScore
from analytics.tests.admin.conftest import LogIn
from customers.admin.segment_from_list import definition_from_list
from customers.models import Customer, Team, User
from customers.segments.condition import segment_condition
from customers.segments.facts import Catalogue
from services.models import Queue
from services.operations.open_ticket import open_ticket
from tests.cast import NOW

# What a log-in costs, whatever the page: the session and its renewal.
OF_THE_SESSION = ("customers_session", "SAVEPOINT", "BEGIN", "COMMIT")
BUDGET = 8


@pytest.fixture
def client(log_in: LogIn, ann: User) -> Client:
    """Ann's browser."""
    return log_in(ann)


def names(client: Client, **question: str) -> list[str]:
    page = client.get(reverse("admin:customers_customer_changelist"), question)
    return [row.name for row in page.context["cl"].result_list]


def test_it_shows_score_change_and_open_tickets(client: Client, fallen: Customer, queue: Queue) -> None:
    open_ticket(customer=fallen, subject="Again", queue=queue, by=None, at=NOW)
    score = CustomerScore.objects.get(pk=fallen.pk)
    page = client.get(reverse("admin:customers_customer_changelist"))
    row = next(row for row in page.context["cl"].result_list if row == fallen)
    assert row.open_tickets == 1
    text = page.content.decode()
    assert f">{round(score.score)}</span>" in text
    assert "▼" in text


def test_a_score_on_thin_ground_says_so_and_no_other(client: Client, fallen: Customer, wang: Customer) -> None:
    label, url = "cd-chip--thin", reverse("admin:customers_customer_changelist")
    CustomerScore.objects.update(low_evidence=False)
    assert label not in client.get(url).content.decode()
    CustomerScore.objects.filter(pk=wang.pk).update(low_evidence=True)
    assert client.get(url).content.decode().count(label) == 1


# Column 0 has the check marks, column 1 the name.
def test_it_sorts_by_score_and_by_change(client: Client, fallen: Customer, wang: Customer) -> None:
    assert names(client, o="2") == [fallen.name, wang.name]
    assert names(client, o="-2") == [wang.name, fallen.name]
    assert names(client, o="3") == [fallen.name, wang.name]


def test_asked_who_fell_it_begins_with_the_deepest_fall(client: Client, fallen: Customer, wang: Customer) -> None:
    CustomerScore.objects.filter(pk=fallen.pk).update(change=-11)
    CustomerScore.objects.filter(pk=wang.pk).update(change=-12)
    assert names(client, moved="fell") == [wang.name, fallen.name]


def test_sorted_by_score_it_lists_who_has_one(client: Client, fallen: Customer, north: Team) -> None:
    late = Customer.objects.create(name="Came later", team=north, created_at=NOW)
    assert late.name not in names(client, o="2")
    assert late.name in names(client)
    assert names(client, band="none") == [late.name]


def test_its_filters_ask_the_score(client: Client, fallen: Customer, wang: Customer) -> None:
    CustomerScore.objects.filter(pk=fallen.pk).update(score=30, change=-12, low_evidence=False)
    assert names(client, band="bad") == [fallen.name]
    assert names(client, band="fair") == [wang.name]
    assert names(client, moved="fell") == [fallen.name]
    assert names(client, moved="rose") == []
    assert names(client, evidence="low") == [wang.name]
    assert names(client, country="CN") == [wang.name]


def test_its_queries_do_not_grow_with_the_page(client: Client, fallen: Customer, north: Team, ann: User) -> None:
    Customer.objects.bulk_create(Customer(name=f"C{i}", team=north, owner=ann, created_at=NOW) for i in range(49))
    url = reverse("admin:customers_customer_changelist")
    client.get(url)  # the choices of the filters are remembered for a minute
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = client.get(url)
    assert len(page.context["cl"].result_list) == 50
    asked = [q["sql"] for q in queries if not any(word in q["sql"] for word in OF_THE_SESSION)]
    assert len(asked) <= BUDGET, "\n".join(asked)


def test_a_band_saved_as_a_segment_finds_the_same(client: Client, fallen: Customer, wang: Customer, ann: User) -> None:
    for score in (0.0, 34.9, 35.0, 49.9, 50.0, 64.9, 65.0, 100.0):
        CustomerScore.objects.filter(pk=fallen.pk).update(score=score, change=score - 50)
        for query in ({"band": "bad"}, {"band": "warn"}, {"band": "fair"}, {"band": "good"}, {"moved": "fell"}):
            definition, left_out = definition_from_list(urlencode(query), Catalogue(ann))
            found = Customer.objects.visible_to(ann).meeting(segment_condition(definition=definition, user=ann, at=NOW))
            assert sorted(row.name for row in found) == sorted(names(client, **query)), (score, query)
            assert left_out == []
