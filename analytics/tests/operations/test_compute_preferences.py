import math
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from analytics.choices import RunKind
from analytics.models import PreferenceModelVersion, PreferenceProfile, ScoringRun
from analytics.operations import compute_preferences as module
from analytics.operations.category_statistics import CategoryStatistics, category_statistics, measure_statistics
from analytics.scoring.preference import Purchase, profile
from analytics.scoring.preference_parameters import FEATURES, PreferenceParameters
from analytics.tests.histories import DAY, HOUR, score_everybody
from customers.models import Category, Customer, Order, OrderLine, Product
from services.models import Message, Queue, SatisfactionRating, ServiceType, Ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def categories(db: None) -> list[Category]:
    rows = [Category.objects.create(name=name) for name in ("茶", "Books", "Tools", "Toys", "Shoes", "Lamps")]
    Product.objects.bulk_create(Product(sku=c.name, name=c.name, category=c) for c in rows)
    Product.objects.create(sku="loose", name="no category")
    return rows


def buy(customer: Customer, name: str, price: str = "10", *, at: datetime = NOW - DAY, **order: Any) -> Order:
    number = str(Order.objects.count())
    made = Order.objects.create(**{"number": number, "customer": customer, "currency": "EUR", "ordered_at": at} | order)
    OrderLine.objects.create(order=made, product=Product.objects.get(sku=name), unit_price=Decimal(price))
    return made


def shown(customer: Customer) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = PreferenceProfile.objects.get(pk=customer.pk).categories
    return rows


def test_it_agrees_with_the_pure_function(acme: Customer, wang: Customer, categories: list[Category]) -> None:
    for n in range(12):
        at = NOW - n * 20 * DAY
        order = buy(acme, categories[n % 4].name, f"{n + 3}", at=at)
        SatisfactionRating.objects.create(customer=acme, order=order, value=1 + n % 5, at=at)
        buy(wang, categories[n % 2].name, f"{40 - n}", at=at)
    score_everybody()
    version = PreferenceModelVersion.objects.get()
    parameters = PreferenceParameters.from_dict(version.parameters)
    statistics = measure_statistics(as_of=NOW, parameters=parameters)
    everything = [statistics.figures.category(i, pk) for i, pk in enumerate(statistics.ids)]
    for customer in (acme, wang):
        lines = OrderLine.objects.filter(order__customer=customer).select_related("order", "product")
        bought = [
            Purchase(line.product.category_id or 0, line.order.ordered_at, float(line.unit_price)) for line in lines
        ]
        pure = profile(bought, [], {}, everything, parameters, NOW)
        rows = shown(customer)
        assert [row["category"] for row in rows] == [result.category for result in pure[:5]]
        for row, result in zip(rows, pure, strict=False):
            assert row["preference"] == pytest.approx(result.preference, abs=1e-6)
            assert row["percentile"] == pytest.approx(result.percentile, abs=1e-6)
            expected = {f.name: f.points for f in result.features if abs(f.points) > 1e-6}
            assert {b["feature"]: b["points"] for b in row["because"]} == pytest.approx(expected, abs=1e-6)


def test_the_reasons_sum_to_the_preference(acme: Customer, wang: Customer, categories: list[Category]) -> None:
    for name in ("茶", "Books", "Tools"):
        buy(acme, name)
    buy(wang, "Toys", "99")
    score_everybody()
    best = shown(acme)[0]
    assert best["name"] in ("茶", "Books", "Tools")
    assert sum(reason["points"] for reason in best["because"]) == pytest.approx(best["preference"], abs=1e-5)
    assert {reason["feature"] for reason in best["because"]} <= set(FEATURES)


def test_what_one_buys_comes_first(acme: Customer, wang: Customer, categories: list[Category]) -> None:
    for _ in range(9):
        buy(acme, "Tools")
        buy(wang, "茶")
    score_everybody()
    assert (shown(acme)[0]["name"], shown(wang)[0]["name"]) == ("Tools", "茶")


def test_who_bought_nothing_has_no_categories(acme: Customer, wang: Customer, categories: list[Category]) -> None:
    buy(acme, "茶")
    score_everybody()
    assert shown(wang) == []


def test_cancelled_later_and_uncategorised_purchases_do_not_count(acme: Customer, categories: list[Category]) -> None:
    buy(acme, "茶", status="cancelled")
    buy(acme, "茶", at=NOW + HOUR)
    buy(acme, "loose")
    score_everybody()
    assert shown(acme) == []


def test_prices_in_another_currency_are_not_compared(
    acme: Customer, wang: Customer, categories: list[Category]
) -> None:
    buy(acme, "茶", "10")
    buy(acme, "茶", "20")
    buy(wang, "茶", "99999", currency="JPY")
    score_everybody()
    statistics = measure_statistics(as_of=NOW, parameters=PreferenceParameters())
    assert statistics.currency == "EUR"
    assert statistics.figures.mean_log_price[0] == pytest.approx((math.log(10) + math.log(20)) / 2)
    assert CategoryStatistics.from_dict(statistics.as_dict()).as_dict() == statistics.as_dict()


def test_the_statistics_are_measured_once_a_run_and_taken_over_by_sweeps(
    acme: Customer, wang: Customer, categories: list[Category]
) -> None:
    buy(acme, "茶")
    run = score_everybody()
    assert run.distribution is not None
    buy(wang, "Books")
    kept = run.distribution["categories"]
    sweep = ScoringRun(kind=RunKind.SWEEP, as_of=NOW, version=run.version)
    taken = category_statistics(run=sweep, parameters=PreferenceParameters())
    assert taken.as_dict() == kept


def test_few_customers_at_a_time_make_no_difference(
    acme: Customer, wang: Customer, categories: list[Category], monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(6):
        buy(acme, categories[n].name, f"{n + 1}")
        buy(wang, categories[n // 2].name)
    score_everybody()
    whole = [shown(acme), shown(wang)]
    monkeypatch.setattr(module, "MOST_CELLS", 1)
    score_everybody(at=NOW, kind=RunKind.NIGHTLY)
    assert [shown(acme), shown(wang)] == whole


def test_how_to_serve_comes_from_tickets_and_messages(acme: Customer, wang: Customer, queue: Queue) -> None:
    repair = ServiceType.objects.get(code="repair")
    Customer.objects.filter(pk=wang.pk).update(language="zh-hans")
    for n, channel in enumerate(["phone", "phone", "email"]):
        at = NOW - (n + 1) * DAY
        ticket = Ticket.objects.create(
            number=f"{n}",
            subject="?",
            customer=acme,
            requester=wang,
            queue=queue,
            team=queue.team,
            channel=channel,
            service_type=repair,
            created_at=at,
        )
        for customer, direction in ((wang, "inbound"), (None, "outbound")):
            said = {"ticket": ticket, "kind": "reply", "direction": direction, "body": "…", "customer": customer}
            Message.objects.create(**said, at=at + timedelta(hours=3))
    score_everybody()
    service = PreferenceProfile.objects.get(pk=wang.pk).service
    first = (NOW - DAY).isoformat()
    assert service["channel"] == [
        {"value": "phone", "count": 2, "last_seen": first},
        {"value": "email", "count": 1, "last_seen": (NOW - 3 * DAY).isoformat()},
    ]
    assert service["topic"] == [{"value": repair.name, "count": 3, "last_seen": first}]
    assert [(row["value"], row["count"]) for row in service["hour"]] == [(13, 3)]
    assert service["language"][0]["value"] == "zh-hans"
    assert PreferenceProfile.objects.get(pk=acme.pk).service == {}
