"""The list of forecasts, the page of a group, staffing, and the way to the orders behind a week."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from analytics.models import Forecast, MarketEvent
from analytics.operations.forecast_demand import forecast_demand
from analytics.operations.start_forecasts import start_forecasts
from analytics.tests.admin.conftest import LogIn
from analytics.tests.demand_shop import MONDAY, WEEK, asks, product, sells, steady
from customers.models import Category, Customer, Order, Product, Team, User
from customers.operations.work_jobs import work_jobs
from services.models import Queue
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db
LIST = "admin:analytics_forecast_changelist"
ORDERS = "admin:customers_order_changelist"


@pytest.fixture
def analyst(db: None) -> User:
    return make_user("ana", role="Analyst")


@pytest.fixture
def green(acme: Customer) -> Product:
    row = product("Green tea", Category.objects.create(name="Tea"))
    sells(acme, row, steady(60))
    return row


def forecast() -> None:
    forecast_demand(run=start_forecasts(as_of=NOW, at=NOW), at=NOW)


def page_of(kind: str) -> str:
    return reverse("admin:analytics_forecast_change", args=[Forecast.objects.current().get(kind=kind).pk])


def test_the_list_names_groups_with_model_error_and_interval(log_in: LogIn, analyst: User, green: Product) -> None:
    forecast()
    text = log_in(analyst).get(reverse(LIST)).content.decode()
    row = Forecast.objects.current().get(kind="product")
    for said in ("Green tea", row.get_tier_display(), "How the models foretold the past", "What is published"):
        assert said in text


def test_what_is_too_young_is_said_in_words(log_in: LogIn, analyst: User, acme: Customer, green: Product) -> None:
    sells(acme, product("New"), steady(5))
    forecast()
    text = log_in(analyst).get(reverse(LIST)).content.decode()
    assert "1 is left out: 12 weeks of orders are needed, there are 5." in text


def test_that_the_optional_model_is_missing_is_said_in_words(
    log_in: LogIn, analyst: User, green: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analytics.demand.ladder.has_boosting", lambda: False)
    forecast()
    assert "Gradient boosting is not installed" in log_in(analyst).get(reverse(LIST)).content.decode()


def test_an_empty_list_says_what_to_do(log_in: LogIn, analyst: User) -> None:
    text = log_in(analyst).get(reverse(LIST)).content.decode()
    assert "Nothing was forecast yet." in text
    assert "ordered for 12 weeks" in text


def test_the_list_costs_as_much_with_many_groups_as_with_few(
    log_in: LogIn,
    analyst: User,
    acme: Customer,
    green: Product,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(8):
        sells(acme, product(f"Tea {number}", green.category), steady(30, seed=number))
    forecast()
    client = log_in(analyst)
    client.get(reverse(LIST))
    with django_assert_max_num_queries(8 + 4):  # 4: session, user and permissions
        client.get(reverse(LIST))


def test_the_page_shows_bands_events_drivers_and_back_tests(log_in: LogIn, analyst: User, green: Product) -> None:
    day = MONDAY.date() + timedelta(days=7)
    MarketEvent.objects.create(kind="promotion", name="Tea week", starts_on=day, ends_on=day, product=green)
    past = MONDAY.date() - timedelta(days=21)
    MarketEvent.objects.create(kind="promotion", name="Spring", starts_on=past, ends_on=past, category=green.category)
    forecast()
    text = unescape(log_in(analyst).get(page_of("product")).content.decode())
    chart = json.loads(re.search(r'data-type="bar" data-value="(\{.*?\})" data-options', text, re.S).group(1))  # type: ignore[union-attr]
    labels = [row["label"] for row in chart["datasets"]]
    assert labels == ["Demand", "Forecast", "Interval (80 %)", "Interval (95 %)", "Event"]
    assert len(chart["labels"]) == 52 + 13
    low, high = chart["datasets"][2]["data"][-1]
    assert low < high
    assert "Promotion: Tea week" in text
    assert "Demand in the steps before" in text
    assert "Back-test" in text
    assert text.count(">won<") == 1


def test_a_week_opens_into_the_orders_behind_it_that_are_in_sight(
    log_in: LogIn, green: Product, south: Team, root: User
) -> None:
    theirs = Customer.objects.create(name="Southern tea", team=south)
    sells(theirs, green, [4])
    forecast()
    text = unescape(log_in(root).get(page_of("product")).content.decode())
    links = json.loads(re.search(r'data-links="(\[.*?\])"', text).group(1))  # type: ignore[union-attr]
    week = next(link for link in reversed(links) if link)
    assert week.startswith(reverse(ORDERS))
    assert f"bought=product%3A{green.pk}" in week
    numbers = {order.number for order in Order.objects.filter(ordered_at__gte=MONDAY - WEEK, ordered_at__lt=MONDAY)}
    assert len(numbers) == 2
    everything = log_in(root).get(week).content.decode()
    assert all(f">{number}<" in everything for number in numbers)
    bob = make_user("bo", theirs.team, role="Back office")
    mine = log_in(bob).get(week).content.decode()
    assert [number for number in sorted(numbers) if f">{number}<" in mine] == [theirs.orders.get().number]


def test_orders_that_were_cancelled_or_hold_something_else_are_not_behind_it(
    log_in: LogIn, root: User, acme: Customer, green: Product
) -> None:
    sells(acme, green, [3], status="cancelled")
    sells(acme, product("Hammer"), [2])
    span = f"from={(MONDAY - WEEK).isoformat()}&to={MONDAY.isoformat()}".replace("+", "%2B")
    client = log_in(root)
    for asked in (f"product:{green.pk}", f"category:{green.category_id}"):
        answer = client.get(f"{reverse(ORDERS)}?bought={asked}&{span}")
        assert answer.context["cl"].result_count == 1


@pytest.mark.parametrize(
    "asked",
    [
        "bought=product:x",
        "bought=shop:1&from=2026-05-01T00:00:00Z&to=2026-06-01T00:00:00Z",
        "bought=product:1",
        "bought=product:1&from=2026-05-01&to=x",
        "bought=product:1&from=2026-05-01T00:00:00Z&to=2026-06-01T00:00:00Z&segment=999999",
        "bought=product:99999999999999999999999&from=2026-05-01T00:00:00Z&to=2026-06-01T00:00:00Z",
    ],
)
def test_a_filter_that_is_nonsense_is_refused_as_any_other(log_in: LogIn, root: User, asked: str) -> None:
    answer = log_in(root).get(f"{reverse(ORDERS)}?{asked}")
    assert answer.headers["Location"].endswith("?e=1")


def test_staffing_shows_queues_by_weekday(log_in: LogIn, analyst: User, acme: Customer, queue: Queue) -> None:
    asks(acme, queue, 120)
    forecast()
    answer = log_in(analyst).get(reverse("admin:analytics_forecast_staffing"))
    (row,) = answer.context["rows"]
    means = [cell["mean"] for cell in row["cells"]]
    assert means[0] == max(means)
    assert means[6] == min(means)
    text = answer.content.decode()
    for said in ("North support", "Monday", "Day by day"):
        assert said in text
    assert page_of("tickets") in text
    days = log_in(analyst).get(page_of("tickets")).content.decode()
    assert "cohort=opened" in days


def test_staffing_without_forecasts_says_why(log_in: LogIn, analyst: User) -> None:
    text = log_in(analyst).get(reverse("admin:analytics_forecast_staffing")).content.decode()
    assert "No queue has had tickets for 8 weeks yet" in text


def test_an_analyst_starts_a_run_and_an_agent_sees_nothing(
    log_in: LogIn, analyst: User, ann: User, green: Product
) -> None:
    start = reverse("admin:analytics_forecast_start")
    client = log_in(analyst)
    assert client.post(start).headers["Location"] == reverse(LIST)
    list(work_jobs(clock=lambda: NOW))
    assert Forecast.objects.current().count() == 2
    assert client.get(start).status_code == 405
    agent = log_in(ann)
    assert agent.post(start).status_code == 403
    for page in (reverse(LIST), reverse("admin:analytics_forecast_staffing"), page_of("product")):
        assert agent.get(page).status_code == 403


def test_a_forecast_of_a_segment_that_is_private_now_is_not_shown(
    log_in: LogIn, analyst: User, green: Product, north: Team, ann: User
) -> None:
    from customers.operations.create_segment import create_segment

    for number in range(10):
        Customer.objects.create(name=f"House {number}", team=north)
    named = {"groups": [{"conditions": [{"fact": "name", "op": "contains", "value": "o"}]}]}
    sells(Customer.objects.get(name="House 1"), green, steady(20))
    segment = create_segment(name="Houses", definition=named, owner=ann, at=NOW)
    forecast()
    client = log_in(analyst)
    assert "Houses" in client.get(reverse(LIST)).content.decode()
    page = reverse("admin:analytics_forecast_change", args=[Forecast.objects.get(segment=segment).pk])
    assert client.get(page).status_code == 200
    segment.is_shared = False
    segment.save()
    assert client.get(page).status_code == 404


def test_staff_put_down_events_and_are_told_what_makes_no_sense(log_in: LogIn, analyst: User, green: Product) -> None:
    client = log_in(analyst)
    add = reverse("admin:analytics_marketevent_add")
    given = {"kind": "promotion", "name": "Sale", "starts_on": "2026-06-08", "ends_on": "2026-06-14", "discount": "10"}
    assert client.post(add, given).status_code == 302
    assert MarketEvent.objects.get().name == "Sale"
    for wrong, said in (
        ({"ends_on": "2026-06-01"}, "The last day is not before the first."),
        ({"kind": "stock_out", "discount": ""}, "Say what was out of stock: a product or a category."),
        ({"kind": "holiday"}, "Only a promotion has a discount."),
        ({"product": green.pk, "category": green.category_id}, "Choose a product or a category, not both."),
    ):
        assert said in client.post(add, given | wrong).content.decode()
    assert MarketEvent.objects.count() == 1
