from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics.behaviour.views import product_of
from analytics.demand.calendar import WEEK, offsets, step_of
from analytics.models import Event
from analytics.sql.product_views import last_recorded_views, product_views, views_by_step
from analytics.sql.whose import Whose
from analytics.tests.histories import DAY
from analytics.tests.views import a_shop, looks_at
from customers.models import Customer
from tests.cast import NOW

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FORMS: list[dict[str, Any]] = [
    {"product_id": "A"},
    {"product_id": 42},
    {"product_id": 42.0, "x": 1},
    {"product_id": None, "sku": "B"},
    {"product_id": "", "sku": "b", "product": "x"},
    {"product_sku": "茶 'x'"},
    {"productId": "a1"},
    {"item_id": True, "product": "p"},
    {"product": {"id": 1}},
    {"product": [1], "items": [{"item_id": "I"}]},
    {"items": [{"item_id": "J", "price": 1.5}]},
    {"items": [{"item_id": None, "sku": "K"}]},
    {"items": [{"item_id": "L"}, {"item_id": "M"}]},
    {"items": [{"item_id": "L"}, {"item_id": "M"}], "products": [{"product_id": "N"}]},
    {"items": []},
    {"items": "J"},
    {"products": [{"sku": "O"}]},
    {"products": [{"sku": "O"}, None]},
    {"page": "/tea"},
    {},
]


def test_the_database_reads_every_form_as_the_plain_function_does(acme: Customer) -> None:
    for minutes, properties in enumerate(FORMS):
        looks_at(acme, at=NOW - DAY + timedelta(minutes=minutes), **properties)
    said = [
        (row.at.timestamp(), product) for row in Event.objects.order_by("at") if (product := product_of(row.properties))
    ]
    found = product_views(whose=Whose.these([acme.pk]), since=LONG_AGO, as_of=NOW)
    assert [(row.at, row.product) for row in sorted(found, key=lambda row: row.at)] == said
    assert len(said) == 13


def test_views_are_of_these_customers_and_this_time(acme: Customer, wang: Customer) -> None:
    for who in (acme, wang, None):
        looks_at(who, "A")
    looks_at(acme, "late", at=NOW + timedelta(minutes=1))
    looks_at(acme, "early", at=NOW - 9 * DAY)
    for whose in (Whose.these([acme.pk]), Whose(acme.pk, acme.pk)):
        rows = list(product_views(whose=whose, since=NOW - 9 * DAY, as_of=NOW))
        assert [(row.customer_id, row.product, row.source_id) for row in rows] == [(acme.pk, "A", a_shop().pk)]


def test_purchases_and_lists_are_no_views(acme: Customer) -> None:
    for name in ("purchase", "view_item_list", "remove_from_cart"):
        looks_at(acme, "A", name=name)
    assert not list(product_views(whose=Whose.these([acme.pk]), since=LONG_AGO, as_of=NOW))
    assert not last_recorded_views(whose=Whose.these([acme.pk]), since=LONG_AGO, as_of=NOW)


def test_the_last_record_is_told_by_customer(acme: Customer, wang: Customer) -> None:
    looks_at(acme, "A", at=NOW - 3 * DAY, recorded_at=NOW - DAY)
    looks_at(acme, "A", at=NOW - 2 * DAY, recorded_at=NOW - 2 * DAY)
    found = last_recorded_views(whose=Whose.these([acme.pk, wang.pk]), since=LONG_AGO, as_of=NOW)
    assert found == {acme.pk: NOW - DAY}


def test_views_of_everybody_are_counted_by_product_and_week(acme: Customer) -> None:
    until = datetime(2026, 6, 1, tzinfo=UTC)
    since = until - timedelta(weeks=2)
    for days in (1, 2, 9, 15):
        looks_at(acme, "A", at=until - timedelta(days=days))
        looks_at(None, at=until - timedelta(days=days, hours=1), items=[{"item_id": "A"}])
    looks_at(acme, "B", at=until - timedelta(days=1))
    looks_at(acme, "A", at=until)
    week = step_of(since.date(), WEEK)
    rows = views_by_step(since=since, until=until, zone=offsets(UTC, since, until), days=WEEK)
    counts: dict[tuple[str, int], int] = {}
    for row in rows:
        key = row.product, row.step - week
        counts[key] = counts.get(key, 0) + row.number
    assert counts == {("A", 0): 2, ("A", 1): 4, ("B", 1): 1}
