from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from analytics.models import Forecast, MarketEvent
from analytics.operations.forecast_demand import forecast_demand
from analytics.operations.start_forecasts import start_forecasts
from analytics.tests.demand_shop import MONDAY, asks, product, sells, steady
from customers.models import Category, Customer, Product, User
from services.models import Queue
from tests.cast import NOW, make_user
from tests.client import as_user, ids, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(db: None) -> APIClient:
    return as_user(make_user("ana", role="Analyst"))


@pytest.fixture
def green(acme: Customer, queue: Queue) -> Product:
    row = product("Green tea", Category.objects.create(name="Tea"))
    sells(acme, row, steady(60))
    asks(acme, queue, 120)
    forecast_demand(run=start_forecasts(as_of=NOW, at=NOW), at=NOW)
    return row


def test_the_list_holds_the_steps_and_a_forecast_the_reasons(client: APIClient, green: Product) -> None:
    rows = client.get(url("forecasts/")).json()["results"]
    assert {row["kind"] for row in rows} == {"product", "category", "tickets"}
    mine = next(row for row in rows if row["kind"] == "product")
    assert (mine["product"], mine["days"], len(mine["steps"])) == (green.pk, 7, 13)
    assert "history" not in mine
    body = client.get(url(f"forecasts/{mine['id']}/")).json()
    assert body["history"] == steady(60)
    assert {row["tier"] for row in body["back_tests"]} >= {"naive", "smoothing", "poisson"}
    assert {row["name"] for row in body["drivers"]["inputs"]} >= {"momentum"}


@pytest.mark.parametrize("kind", ["product", "category", "tickets"])
def test_it_is_narrowed_down_by_what_it_is_of(client: APIClient, green: Product, queue: Queue, kind: str) -> None:
    by: dict[str, tuple[str, Any]] = {
        "product": ("product", green.pk),
        "category": ("category", green.category_id),
        "tickets": ("queue", queue.pk),
    }
    name, key = by[kind]
    expected = [Forecast.objects.get(kind=kind).pk]
    assert ids(client.get(url("forecasts/"), {"kind": kind})) == expected
    assert ids(client.get(url("forecasts/"), {name: key})) == expected
    assert ids(client.get(url("forecasts/"), {name: 10**9})) == []


def test_from_and_until_choose_the_steps(client: APIClient, green: Product) -> None:
    first, last = MONDAY.date() + timedelta(days=7), MONDAY.date() + timedelta(days=15)
    asked = {"kind": "product", "from": first.isoformat(), "until": last.isoformat()}
    (row,) = client.get(url("forecasts/"), asked).json()["results"]
    assert [step["starts_on"] for step in row["steps"]] == [first.isoformat(), (first + timedelta(days=7)).isoformat()]
    assert client.get(url("forecasts/"), {"from": "2031-01-01"}).json()["results"] == []
    assert client.get(url("forecasts/"), {"from": "soon"}).status_code == 400
    assert client.get(url("forecasts/"), {"when": "soon"}).status_code == 400


def test_whoever_lacks_the_permission_is_refused(ann: User, green: Product) -> None:
    assert as_user(ann).get(url("forecasts/")).status_code == 403


def test_the_list_costs_the_same_however_long(
    client: APIClient, green: Product, acme: Customer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(url("forecasts/"))
    with django_assert_num_queries(1):
        client.get(url("forecasts/"))


def test_events_are_written_under_the_rules_of_the_admin(client: APIClient, green: Product) -> None:
    given = {"kind": "promotion", "name": "Sale", "starts_on": "2026-06-08", "ends_on": "2026-06-14"}
    made = client.post(url("market-events/"), given | {"product": green.pk, "discount": "15.00"}, format="json")
    assert made.status_code == 201
    for wrong, field in (
        ({"ends_on": "2026-06-01"}, "ends_on"),
        ({"kind": "stock_out"}, "product"),
        ({"kind": "holiday", "discount": "5"}, "discount"),
        ({"discount": "99"}, "discount"),
    ):
        answer = client.post(url("market-events/"), given | wrong, format="json")
        assert answer.status_code == 400
        assert field in answer.content.decode()
    address = url(f"market-events/{made.json()['id']}/")
    late = client.patch(address, {"ends_on": "2026-06-01"}, format="json", headers={"If-Match": made.headers["ETag"]})
    assert late.status_code == 400
    moved = client.patch(address, {"ends_on": "2026-06-20"}, format="json", headers={"If-Match": made.headers["ETag"]})
    assert moved.status_code == 200
    stale = client.patch(address, {"name": "Other"}, format="json", headers={"If-Match": made.headers["ETag"]})
    assert stale.status_code == 412
    assert MarketEvent.objects.get().name == "Sale"


def test_events_and_indexes_are_narrowed_down(client: APIClient, green: Product) -> None:
    event = MarketEvent.objects.create(kind="holiday", name="x", starts_on="2026-06-01", ends_on="2026-06-05")
    for asked, found in (
        ({"kind": "holiday"}, [event.pk]),
        ({"kind": "promotion"}, []),
        ({"ends_after": "2026-06-05", "starts_before": "2026-06-01"}, [event.pk]),
        ({"ends_after": "2026-06-06"}, []),
    ):
        assert ids(client.get(url("market-events/"), asked)) == found
    made = client.post(
        url("market-indexes/"), {"kind": "competitor", "on": "2026-06-01", "value": "104.5"}, format="json"
    )
    assert ids(client.get(url("market-indexes/"), {"kind": "competitor"})) == [made.json()["id"]]
    zero = client.post(url("market-indexes/"), {"kind": "market", "on": "2026-06-01", "value": "0"}, format="json")
    assert zero.status_code == 400
