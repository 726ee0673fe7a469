"""The first page."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.tests.admin.conftest import fallen as fallen
from analytics.tests.admin.test_customer_list import OF_THE_SESSION
from customers.models import Customer, Team, User
from services.models import Queue
from services.operations.open_ticket import open_ticket
from tests.cast import NOW, make_user

BUDGET = 15


def dashboard(user: User) -> tuple[Client, Any]:
    client = Client()
    client.force_login(user)
    return client, client.get(reverse("admin:index"))


@pytest.fixture
def first_page(ann: User, fallen: Customer, queue: Queue) -> Any:
    """What Ann sees while one ticket waits, far too long."""
    open_ticket(customer=fallen, subject="Again", queue=queue, by=None, at=NOW)
    return dashboard(ann)[1]


def test_it_counts_what_waits(first_page: Any) -> None:
    tiles = {tile.name: tile.value for tile in first_page.context["tiles"]}
    assert tiles["Open tickets"] == tiles["Unassigned"] == 1
    assert tiles["Mine"] == 0


def test_each_number_leads_to_a_list_of_as_many(ann: User, fallen: Customer, queue: Queue) -> None:
    open_ticket(customer=fallen, subject="Again", queue=queue, by=None, at=NOW)
    client, page = dashboard(ann)
    for tile in page.context["tiles"]:
        listed = client.get(tile.link)
        assert listed.status_code == 200
        assert listed.context["cl"].result_count == tile.value, tile.name


def test_it_names_who_fell_and_the_factor_that_moved_them(first_page: Any) -> None:
    (mover,) = first_page.context["fell"]
    assert mover["customer"].name == "Acme Pumps"
    assert str(mover["factor"]) in ("Quality", "Reliability", "Responsiveness")


def test_it_shows_how_scores_lie_and_when_they_were_made(first_page: Any) -> None:
    assert first_page.context["distribution"]["count"] == 2
    assert first_page.context["run"].state == "done"


def test_another_team_sees_none_of_it(otto: User, fallen: Customer, queue: Queue) -> None:
    open_ticket(customer=fallen, subject="Again", queue=queue, by=None, at=NOW)
    _client, page = dashboard(otto)
    context = page.context
    assert all(tile.value == 0 for tile in context["tiles"])
    assert context["fell"] == context["rose"] == context["ratings"] == []
    assert context["has_customers"] is False
    assert fallen.name not in page.content.decode()


def test_an_empty_database_is_told_how_to_begin(root: User) -> None:
    _client, page = dashboard(root)
    text = page.content.decode()
    assert reverse("admin:customers_importbatch_add") in text
    assert "./bin/crm demo" in text


def test_who_may_not_import_by_a_page_is_told_the_command(south: Team) -> None:
    _client, page = dashboard(make_user("cora", south, role="Analyst"))
    text = page.content.decode()
    assert "import_data" in text
    assert reverse("admin:customers_importbatch_add") not in text


def test_somebody_without_any_role_sees_an_empty_page(south: Team) -> None:
    user = User.objects.create_user("new", password="correct horse", is_staff=True)
    _client, page = dashboard(user)
    assert page.status_code == 200
    assert "tiles" not in page.context


def test_its_queries_keep_to_the_budget(ann: User, fallen: Customer) -> None:
    client, _page = dashboard(ann)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("admin:index"))
    asked = [q["sql"] for q in queries if not any(word in q["sql"] for word in OF_THE_SESSION)]
    assert len(asked) <= BUDGET, "\n".join(asked)
