"""The facts of orders that were here before an overdue one counted."""

import importlib
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from customers.choices import Factor, Measure
from customers.models import Customer, Observation, Order, User
from customers.operations.exclude_fact import exclude_fact
from customers.operations.observe import NewFact, observe
from customers.operations.promise_fact import MOMENT, promise_fact
from tests.cast import NOW

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
migration = importlib.import_module("customers.migrations.0014_overdue_orders")


def migrate() -> None:
    migration.tell_broken_promises(apps, SimpleNamespace(connection=connection))


def made(customer: Customer, number: str, **values: Any) -> Order:
    return Order.objects.create(number=number, customer=customer, currency="EUR", ordered_at=NOW - 30 * DAY, **values)


def told(order: Order, *, at: datetime | None = None) -> Observation:
    """The fact as it was told before: at the delivery."""
    at = at or order.delivered_at
    assert at and order.promised_at
    kept = float(at <= order.promised_at)
    fact = NewFact(order.customer_id, Factor.RELIABILITY, Measure.PROMISES, kept, 1.0, at, "order", order.pk)
    return observe(facts=[fact], at=at)[0]


def test_afterwards_each_order_says_what_it_would_say_if_it_came_today(acme: Customer, wang: Customer) -> None:
    open_ones = [
        made(acme, "overdue", promised_at=NOW - DAY),
        made(wang, "to come", promised_at=NOW + 99 * DAY, status="shipped"),
        made(acme, "end of time", promised_at=migration.LAST),
    ]
    came = [
        made(acme, "late", promised_at=NOW - 9 * DAY, delivered_at=NOW - 2 * DAY, status="delivered"),
        made(wang, "back", promised_at=NOW - 9 * DAY, delivered_at=NOW - 2 * DAY, status="returned"),
        made(wang, "in time", promised_at=NOW - 2 * DAY, delivered_at=NOW - 9 * DAY, status="delivered"),
    ]
    made(acme, "no promise")
    made(acme, "cancelled", promised_at=NOW - DAY, status="cancelled")
    made(acme, "gone", promised_at=NOW - DAY, status="delivered")
    for order in came:
        told(order)
    migrate()
    standing = {row.subject_id: row for row in Observation.objects.filter(superseded_version=None)}
    assert set(standing) == {order.pk for order in (*open_ones, *came)}
    for order in (*open_ones, *came):
        fact = promise_fact(Order.objects.get(pk=order.pk))
        assert fact and fact.says_the_same_as(standing[order.pk]), order.number


def test_once_more_it_changes_nothing(acme: Customer) -> None:
    made(acme, "open", promised_at=NOW)
    told(made(acme, "late", promised_at=NOW - 9 * DAY, delivered_at=NOW - DAY, status="delivered"))
    migrate()
    before = list(Observation.objects.order_by("pk").values()), list(Customer.objects.values())
    migrate()
    assert (list(Observation.objects.order_by("pk").values()), list(Customer.objects.values())) == before


def test_a_score_of_before_replays_and_a_new_one_is_due(acme: Customer) -> None:
    told(made(acme, "late", promised_at=NOW - 9 * DAY, delivered_at=NOW - 2 * DAY, status="delivered"))
    acme.refresh_from_db()
    before = acme.activity_version
    migrate()
    acme.refresh_from_db()
    assert acme.activity_version == before + 1

    def known(days: int, version: int) -> list[datetime]:
        rows = acme.observations.known_at(as_of=NOW - days * DAY, version=version)
        return list(rows.values_list("at", flat=True))

    assert [known(days, before) for days in (5, 1)] == [[], [NOW - 2 * DAY]]
    assert [known(days, before + 1) for days in (9, 5, 1)] == [[], *[[NOW - 9 * DAY + MOMENT]] * 2]


def test_what_was_left_out_stays_out(acme: Customer, ann: User) -> None:
    fact = told(made(acme, "late", promised_at=NOW - 9 * DAY, delivered_at=NOW - 2 * DAY, status="delivered"))
    exclude_fact(observation=fact, reason="Flood", by=ann, at=NOW)
    migrate()
    row = Observation.objects.get(superseded_version=None)
    assert (row.at, row.is_exclusion, row.reason, row.excluded_by) == (NOW - 9 * DAY + MOMENT, True, "Flood", ann)


def test_what_was_corrected_before_is_left_as_it_is(acme: Customer) -> None:
    order = made(acme, "late", promised_at=NOW - 9 * DAY, delivered_at=NOW - 2 * DAY, status="delivered")
    told(order, at=NOW - 5 * DAY)
    told(order)
    before = list(Observation.objects.order_by("pk").values())
    migrate()
    assert list(Observation.objects.order_by("pk").values()) == before


def test_its_queries_do_not_grow_with_the_orders(
    acme: Customer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(400):
        made(acme, str(number), promised_at=NOW)
    with django_assert_max_num_queries(20):
        migrate()
    assert Observation.objects.count() == 400
