"""The nightly job of relationship value: whom it values, what counts, and that it goes on where it was killed."""

from typing import Any

import pytest

from analytics.models import CustomerValue, ValueModel
from analytics.operations import value_customers as module
from analytics.operations.value_chunk import value_chunk
from analytics.operations.value_job import VALUE, plan_value
from analytics.tests.orders import DAY, crowd, order, value_everybody
from customers.models import Customer, Job, Relation, RelationType, Team
from customers.operations.set_privacy_flag import set_privacy_flag
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_nobody_and_no_order_is_no_error(db: None) -> None:
    model = value_everybody()
    assert model.finished_at == NOW and model.customers == 0
    assert model.figures["orders"]["problem"] == "customers"
    assert not CustomerValue.objects.exists()


def test_one_customer_has_rfm_and_is_told_no_future(acme: Customer) -> None:
    order(acme, 40, "100")
    order(acme, 10, "50")
    model = value_everybody()
    value = CustomerValue.objects.get()
    assert (value.recency, value.frequency, value.orders, value.monetary) == (10, 2, 2, 75.0)
    assert (value.recency_fifth, value.frequency_fifth, value.monetary_fifth) == (1, 1, 1)
    assert (value.expected_orders, value.clv, value.clv_fifth, value.churn) == (None, None, None, None)
    assert value.expected_value == 75.0
    assert model.figures["churn"] == {"problem": "leavers", "have": 0, "need": 30}


def test_cancelled_and_returned_orders_count_for_nothing_and_refunds_lower_the_mean(acme: Customer) -> None:
    order(acme, 5, "900", status="cancelled")
    order(acme, 6, "900", status="returned")
    value_everybody()
    assert not CustomerValue.objects.exists()
    order(acme, 30, "100")
    order(acme, 20, "-20")
    value_everybody(NOW + DAY)
    value = CustomerValue.objects.get()
    assert (value.frequency, value.monetary, value.recency) == (1, 80.0, 31)


def test_who_has_no_order_left_that_counts_loses_the_value(acme: Customer) -> None:
    made = order(acme, 5)
    value_everybody()
    made.status = "cancelled"
    made.save()
    value_everybody(NOW + DAY)
    assert not CustomerValue.objects.exists()


def test_money_is_in_the_currency_that_they_mostly_order_in(acme: Customer) -> None:
    for days in (3, 4):
        order(acme, days, "10")
    order(acme, 5, "7000", currency="CNY")
    value_everybody()
    value = CustomerValue.objects.get()
    assert (value.currency, value.monetary, value.frequency, value.orders) == ("EUR", 10.0, 3, 2)


def test_orders_of_the_future_are_not_looked_at(acme: Customer) -> None:
    order(acme, -3)
    value_everybody()
    assert not CustomerValue.objects.exists()


def test_a_crowd_has_values_fifths_churn_with_reasons_and_figures_out_of_sample(north: Team) -> None:
    crowd(north, 400)
    model = value_everybody()
    assert model.customers == CustomerValue.objects.count() > 350
    rows = CustomerValue.objects.all()
    row: Any
    for row in rows:
        assert row.clv == pytest.approx(row.expected_orders * row.expected_value)
        assert 0 <= row.churn <= 1
    for name in ("recency_fifth", "monetary_fifth", "clv_fifth"):
        counts = [rows.filter(**{name: n}).count() for n in range(1, 6)]
        assert sum(counts) == len(rows) and min(counts) > len(rows) / 7, name
    best, worst = rows.order_by("-clv")[0], rows.order_by("clv")[0]
    assert (best.clv_fifth, worst.clv_fifth) == (5, 1)
    assert rows.order_by("recency")[0].recency_fifth == 5
    figures = model.figures
    held = figures["orders"]["holdout"]
    assert held["auc"] > 0.75 and held["expected"] == pytest.approx(held["actual"], rel=0.25)
    assert sum(group["customers"] for group in held["groups"]) == held["customers"]
    assert figures["churn"]["auc"] > 0.7 and len(figures["churn"]["tenths"]) == 10


def test_the_reasons_of_churn_open_the_chance(north: Team) -> None:
    import numpy as np

    crowd(north, 300)
    model = value_everybody()
    row: Any
    for row in CustomerValue.objects.order_by("pk")[:50]:
        odds = model.parameters["churn"]["intercept"] + sum(reason["points"] for reason in row.churn_reasons)
        assert np.log(row.churn / (1 - row.churn)) == pytest.approx(odds, abs=0.08)  # reasons below 0.01 are left out
        points = [abs(reason["points"]) for reason in row.churn_reasons]
        assert points == sorted(points, reverse=True)


def test_who_has_the_same_figure_is_in_the_same_fifth(north: Team) -> None:
    people = Customer.objects.bulk_create([Customer(name=f"P{n}", team=north) for n in range(10)])
    for n, customer in enumerate(people):
        for days in range(1, 2 if n < 6 else n):
            order(customer, days)
    value_everybody()
    fifths = list(CustomerValue.objects.order_by("pk").values_list("frequency_fifth", flat=True))
    assert fifths == [1] * 6 + [4, 4, 5, 5]


def test_fifths_are_among_the_same_kind_and_currency(acme: Customer, north: Team) -> None:
    other = Customer.objects.create(name="Alone", kind="person", team=north)
    order(acme, 100, "1")
    order(other, 1, "1000")
    value_everybody()
    assert set(CustomerValue.objects.values_list("recency_fifth", "monetary_fifth")) == {(1, 1)}


def test_who_objected_to_profiling_has_no_value(acme: Customer, root: Any) -> None:
    order(acme, 5)
    value_everybody()
    assert CustomerValue.objects.exists()
    set_privacy_flag(customer=acme, kind="profiling", is_set=True, reason="letter", by=root, at=NOW)
    assert not CustomerValue.objects.exists()
    value_everybody(NOW + DAY)
    assert not CustomerValue.objects.exists()


def test_an_ended_relation_to_us_is_churn_though_they_ordered(north: Team) -> None:
    people = crowd(north, 200)
    before = value_everybody().figures["churn"]
    client = RelationType.objects.create(code="c1", name="client of", inverse_name="has", is_with_us=True)
    Relation.objects.bulk_create(
        Relation(type=client, from_customer=customer, until=(NOW - 30 * DAY).date()) for customer in people
    )
    after = value_everybody(NOW + DAY).figures["churn"]
    assert before["left_share"] < 1.0 and after.get("have", 0) == 0 and after["problem"] == "leavers"


def test_killed_between_two_chunks_it_goes_on_behind_the_last_one(north: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    crowd(north, 120)
    monkeypatch.setattr(module, "CHUNK_CUSTOMERS", 30)
    done: list[int] = []

    def killed(number: int, of: int, step: str) -> None:
        if step == "values" and number == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        module.value_customers(logical_at=NOW, clock=lambda: NOW, told=killed)
    half = CustomerValue.objects.count()
    assert 0 < half < 120 and ValueModel.objects.get().finished_at is None
    real = value_chunk

    def counted(**given: Any) -> int:
        done.append(given["whose"].lo)
        return real(**given)

    monkeypatch.setattr(module, "value_chunk", counted)
    model = module.value_customers(logical_at=NOW, clock=lambda: NOW + DAY)
    assert len(done) == 2 and model.as_of == NOW
    assert model.customers == CustomerValue.objects.count() > half


def test_the_same_night_twice_does_nothing(acme: Customer) -> None:
    order(acme, 5)
    first = value_everybody()
    assert value_everybody() == first and ValueModel.objects.count() == 1


def test_old_models_are_forgotten(acme: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    for night in range(6):
        value_everybody(NOW + night * DAY)
    assert ValueModel.objects.count() == 3


def test_it_is_planned_once_a_night_and_worked_as_a_job(acme: Customer) -> None:
    order(acme, 5)
    for hours in (0, 1, 2):
        plan_value(at=NOW + hours * DAY / 24)
    assert Job.objects.filter(kind=VALUE.code).count() == 1
    list(work_jobs(clock=lambda: NOW))
    assert Job.objects.get(kind=VALUE.code).result == {"customers": 1}
    plan_value(at=NOW + DAY)
    assert Job.objects.filter(kind=VALUE.code).count() == 2


def test_memory_and_queries_follow_the_chunks_not_the_customers(
    north: Team, django_assert_max_num_queries: Any
) -> None:
    crowd(north, 300)
    with django_assert_max_num_queries(45):
        value_everybody()
