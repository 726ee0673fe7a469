"""What an analyst of the demo company has: what people did in its web shop, reports of it and a dashboard, what is
known of the market, a rule for those who may leave, and a campaign list."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import Count

from analytics.choices import MarketEventKind
from analytics.models import ActionRule, CampaignList, EventSource, MarketEvent, SavedReport
from analytics.operations.new_event import NewEvent
from analytics.operations.record_events import record_events
from analytics.operations.write_report import write_report
from crm.demo.chance import stream
from crm.demo.dashboard import settle_dashboard
from customers.choices import ConsentChannel, ConsentPurpose
from customers.models import Customer, Order, Product, User

SHOP = "shop"
VISIT, VIEW, BASKET, CHECKOUT, ORDER = "Visit", "View product", "Add to basket", "Check out", "Order"
# How likely it goes on from each step to the next.
GOES_ON = (0.8, 0.42, 0.6, 0.75)
CAME_FROM = ("search", "search", "newsletter", "direct", "direct", "advertisement")
PEOPLE, STRANGERS, DAYS = 400, 200, 120

REPORTS: dict[str, tuple[str, dict[str, Any]]] = {
    "From visit to order": (
        "funnel",
        {
            "steps": [{"event": name} for name in (VISIT, VIEW, BASKET, CHECKOUT, ORDER)],
            "window": {"count": 7, "unit": "days"},
            "period": {"days": 90},
        },
    ),
    "Who comes back": (
        "retention",
        {"steps": [{"event": VISIT}, {"event": VISIT}], "by": "week", "columns": 8, "period": {"days": 84}},
    ),
    "Visits by where they came from": (
        "trend",
        {"steps": [{"event": VISIT}], "by": "week", "breakdown": "came_from", "period": {"days": 84}},
    ),
}


def settle_analyst(*, owner: User, at: datetime) -> None:
    """Put all of it in, unless it stands."""
    products = list(Product.objects.filter(is_active=True).annotate(sold=Count("order_lines")).order_by("-sold", "pk"))
    if not products or EventSource.objects.filter(slug=SHOP).exists():
        return
    source = EventSource.objects.create(slug=SHOP, name="Web shop")
    customers = list(Customer.objects.profiled().order_by("pk").values_list("pk", flat=True)[:PEOPLE])
    events = sorted(_visits(stream("shop"), customers, [row.pk for row in products], at), key=lambda one: one.at)
    for start in range(0, len(events), 2000):
        record_events(source=source, events=events[start : start + 2000], at=at)
    for name, (kind, question) in REPORTS.items():
        report = SavedReport(name=name, kind=kind, definition={**question, "time_zone": "UTC"}, is_shared=True)
        write_report(report=report, changes={}, by=owner, at=at)
    settle_dashboard(owner=owner, product=products[0], at=at)
    _settle_market(products, at)
    _settle_actions(products)


def _visits(chance: Random, customers: Sequence[int], products: Sequence[int], at: datetime) -> Iterator[NewEvent]:
    """Visits of customers and of people whom nobody knows; some of these are known later, on the same device."""
    number = 0
    for who, customer in enumerate([*customers, *([None] * STRANGERS)]):
        eagerness = chance.choice((1, 1, 2, 3, 6))
        first = chance.uniform(0, DAYS - 1)
        for visit in range(chance.randint(1, 2 * eagerness)):
            moment = at - timedelta(days=max(0.01, first - visit * chance.expovariate(eagerness / 12)))
            known = customer if visit or chance.random() < 0.6 else None
            for event in _visit(chance, moment, products):
                number += 1
                yield NewEvent(
                    key=str(number),
                    name=event[0],
                    at=event[1],
                    user=f"c{known}" if known else "",
                    device=f"d{who}",
                    session=f"{who}-{visit}",
                    properties=event[2],
                    customer=known,
                )


def _visit(chance: Random, moment: datetime, products: Sequence[int]) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    yield VISIT, moment, {"came_from": chance.choice(CAME_FROM)}
    product = products[min(int(chance.expovariate(0.25)), len(products) - 1)]
    for name, share in zip((VIEW, BASKET, CHECKOUT, ORDER), GOES_ON, strict=True):
        if chance.random() > share:
            return
        moment += timedelta(seconds=chance.randint(10, 400))
        yield name, moment, {"product_id": product}


def _settle_market(products: Sequence[Product], at: datetime) -> None:
    day = at.date()
    MarketEvent.objects.create(
        kind=MarketEventKind.PROMOTION,
        name="Stock clearance",
        starts_on=day + timedelta(days=10),
        ends_on=day + timedelta(days=24),
        category=products[0].category,
        discount=15,
    )
    MarketEvent.objects.create(
        kind=MarketEventKind.STOCK_OUT,
        name="Supplier on strike",
        starts_on=day - timedelta(days=40),
        ends_on=day - timedelta(days=27),
        product=products[1 % len(products)],
    )


def _settle_actions(products: Sequence[Product]) -> None:
    usual = Order.objects.order_by().values("currency").annotate(number=Count("pk")).order_by("-number").first()
    ActionRule.objects.create(
        name="Call before they leave",
        what="Call them, ask what would make them stay, and offer the next service half-price.",
        channel=ConsentChannel.PHONE,
        purpose=ConsentPurpose.SERVICE,
        cost=8,
        currency=usual["currency"] if usual else "EUR",
        uplift=0.12,
        least_churn=0.5,
        least_fifth=3,
    )
    CampaignList.objects.create(name="Accessories by mail", product=products[0], min_percentile=60)
