"""The filter by who moved: by how much, since when, by which factor."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.admin.moved_filter import MovedFilter
from analytics.models import CustomerScore, ScoreSnapshot
from analytics.tests.admin.conftest import LONG_AGO, LogIn
from analytics.tests.admin.test_customer_list import BUDGET, OF_THE_SESSION, names
from customers.admin.segment_from_list import definition_from_list
from customers.models import Customer, User
from customers.segments.condition import segment_condition
from customers.segments.facts import Catalogue
from tests.cast import NOW

pytestmark = pytest.mark.django_db

# Of a day the beginning is meant, and the first scores are of that day: the next one has them before it.
SINCE = f"{LONG_AGO.replace(day=LONG_AGO.day + 1):%Y-%m-%d}"


@pytest.fixture
def client(log_in: LogIn, ann: User) -> Client:
    """Ann's browser."""
    return log_in(ann)


def test_it_asks_the_last_thirty_days_by_points_and_factor(client: Client, fallen: Customer, wang: Customer) -> None:
    CustomerScore.objects.filter(pk=fallen.pk).update(change=-12, change_factor=1)
    CustomerScore.objects.filter(pk=wang.pk).update(change=-4, change_factor=4)
    assert names(client, moved="fell") == [fallen.name]
    assert names(client, moved="fell", moved_by="4") == [fallen.name, wang.name]
    assert names(client, moved_by="4", moved_factor="price") == [wang.name]
    assert names(client, moved="rose", moved_by="0") == []


def test_since_a_day_it_asks_the_history(client: Client, fallen: Customer, wang: Customer) -> None:
    past = ScoreSnapshot.objects.get(customer=fallen, as_of=LONG_AGO).score
    fall = past - CustomerScore.objects.get(pk=fallen.pk).score
    CustomerScore.objects.update(change=None)
    assert names(client, moved="fell", moved_by="5", moved_since=SINCE) == [fallen.name]
    assert names(client, moved="fell", moved_by=str(fall + 0.01), moved_since=SINCE) == []
    assert names(client, moved_by="5", moved_since=SINCE, moved_factor="quality") == [fallen.name]
    assert names(client, moved_by="5", moved_since=SINCE, moved_factor="price") == []
    assert names(client, moved="fell", moved_by="0", moved_since="2020-01-01") == []


def test_since_a_day_it_shows_the_change_since_then_and_its_factor(client: Client, fallen: Customer) -> None:
    CustomerScore.objects.update(change=77, change_factor=4)
    url = reverse("admin:customers_customer_changelist")
    text = client.get(url, {"moved": "fell", "moved_by": "5", "moved_since": SINCE}).content.decode()
    assert "Since then" in text
    assert "77.0" not in text
    assert "<small>Quality</small>" in text


def test_in_the_list_the_factor_stands_beside_the_change(client: Client, fallen: Customer) -> None:
    CustomerScore.objects.filter(pk=fallen.pk).update(change=-12, change_factor=3)
    text = client.get(reverse("admin:customers_customer_changelist")).content.decode()
    assert "<small>Responsiveness</small>" in text


def test_who_moved_most_comes_first(client: Client, fallen: Customer, wang: Customer) -> None:
    ScoreSnapshot.objects.filter(customer=wang, as_of=LONG_AGO).update(score=99)
    asked = {"moved": "fell", "moved_by": "5", "moved_since": SINCE}
    assert names(client, **asked) == [wang.name, fallen.name]
    assert names(client, **asked, o="2") == [fallen.name, wang.name]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"moved_since": "soon"}, "is no date"),
        ({"moved_since": "9999-12-31"}, "is no date"),
        ({"moved_by": "much"}, "number of points"),
        ({"moved_by": "nan"}, "number of points"),
        ({"moved_by": "101"}, "number of points"),
        ({"moved": "up"}, "Choose"),
        ({"moved_factor": "luck"}, "no such factor"),
    ],
)
def test_nonsense_is_said_and_finds_nobody(
    client: Client, fallen: Customer, query: dict[str, str], problem: str
) -> None:
    page = client.get(reverse("admin:customers_customer_changelist"), query)
    assert problem in page.content.decode()
    assert list(page.context["cl"].result_list) == []


def test_an_outsider_sees_nobody(log_in: LogIn, otto: User, fallen: Customer) -> None:
    assert names(log_in(otto), moved="fell", moved_by="0", moved_since=SINCE) == []


def test_it_looks_at_no_history_out_of_sight(log_in: LogIn, ann: User, otto: User, fallen: Customer) -> None:
    asked = {"moved": "fell", "moved_by": "0", "moved_since": SINCE}
    for user, found in ((ann, {fallen.pk}), (otto, set())):
        page = log_in(user).get(reverse("admin:customers_customer_changelist"), asked)
        (moved,) = (one for one in page.context["cl"].filter_specs if isinstance(one, MovedFilter))
        assert moved.found is not None
        assert moved.found.keys() == found


def test_its_queries_keep_to_the_budget(client: Client, fallen: Customer) -> None:
    url, asked = reverse("admin:customers_customer_changelist"), {"moved_by": "5", "moved_since": SINCE}
    client.get(url, asked)
    with CaptureQueriesContext(connection) as queries:
        client.get(url, asked)
    said = [q["sql"] for q in queries if not any(word in q["sql"] for word in OF_THE_SESSION)]
    assert len(said) <= BUDGET + 2, "\n".join(said)  # the scores that moved, and where they stood


def test_saved_as_a_segment_it_finds_the_same(client: Client, fallen: Customer, wang: Customer, ann: User) -> None:
    CustomerScore.objects.filter(pk=fallen.pk).update(change=-6, change_factor=1)
    CustomerScore.objects.filter(pk=wang.pk).update(change=-6, change_factor=2)
    for query in (
        {"moved_by": "5", "moved": "fell"},
        {"moved_factor": "quality", "moved_by": "5"},
        {"moved": "rose", "moved_by": "1"},
    ):
        definition, left_out = definition_from_list(urlencode(query), Catalogue(ann))
        condition = segment_condition(definition=definition, user=ann, at=NOW)
        found = Customer.objects.visible_to(ann).meeting(condition)
        assert sorted(row.name for row in found) == sorted(names(client, **query)), query
        assert left_out == []


def test_a_segment_cannot_keep_another_day(ann: User) -> None:
    query = urlencode({"moved": "fell", "moved_since": "2026-05-01", "country": "GB"})
    definition, left_out = definition_from_list(query, Catalogue(ann))
    assert left_out == ["moved = fell", "moved_since = 2026-05-01"]
    assert "country" in str(definition)
