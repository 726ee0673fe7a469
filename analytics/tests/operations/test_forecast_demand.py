import math
from datetime import date, timedelta
from typing import Any

import pytest

from analytics.choices import ForecastKind, MarketEventKind, RunState
from analytics.models import BackTest, Forecast, ForecastRun, MarketEvent, MarketIndex
from analytics.operations import forecast_demand as module
from analytics.operations.demand_history import FEWEST_CUSTOMERS, histories
from analytics.operations.demand_inputs import panel_of
from analytics.operations.forecast_demand import forecast_demand
from analytics.operations.start_forecasts import start_forecasts
from analytics.tests.demand_shop import MONDAY, WEEK, asks, product, sells, steady
from analytics.tests.views import looks_at
from customers.models import Category, Customer, Product, Segment, Team
from customers.operations.create_segment import create_segment
from services.models import Holiday, Queue
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def run_now(**values: Any) -> ForecastRun:
    run = start_forecasts(**{"as_of": NOW, "at": NOW} | values)
    return forecast_demand(run=run, at=NOW)


@pytest.fixture
def tea(db: None) -> Category:
    return Category.objects.create(name="Tea")


@pytest.fixture
def green(tea: Category, acme: Customer) -> Product:
    """Green tea, of which about 20 are sold each week since a year and more."""
    row = product("Green tea", tea)
    sells(acme, row, steady(60))
    return row


def panel(kind: ForecastKind) -> Any:
    return panel_of(next(histories(kind, as_of=NOW)))


def test_it_forecasts_products_and_categories_by_week_and_queues_by_day(
    green: Product, acme: Customer, queue: Queue
) -> None:
    asks(acme, queue, 120)
    run = run_now()
    assert (run.state, run.groups, run.left_out) == (RunState.DONE, 3, 0)
    by_kind = {row.kind: row for row in Forecast.objects.current()}
    product_, category, tickets = (by_kind[kind] for kind in ("product", "category", "tickets"))
    assert (product_.product, category.category, tickets.queue) == (green, green.category, queue)
    assert len(product_.steps) == 13
    assert product_.starts_on == MONDAY.date()
    assert product_.ends_on == MONDAY.date() + timedelta(days=13 * 7 - 1)
    assert product_.next_4 == pytest.approx(4 * 21, rel=0.15)
    assert product_.next_13 == pytest.approx(13 * 21, rel=0.15)
    assert len(tickets.steps) == 28
    assert tickets.starts_on == NOW.date()
    by_weekday = {date.fromisoformat(step[0]).weekday(): step[1] for step in tickets.steps}
    assert by_weekday[0] > by_weekday[1] > by_weekday[6]


def test_bounds_lie_around_what_is_expected_and_history_is_what_was_sold(green: Product) -> None:
    run_now()
    row = Forecast.objects.current().get(kind="product")
    assert row.history == steady(60)
    assert row.history_from == (MONDAY - 60 * WEEK).date()
    for _day, expected, low95, low80, high80, high95 in row.steps:
        assert 0 <= low95 <= low80 <= expected <= high80 <= high95


def test_each_model_is_tested_at_several_cut_offs_and_the_winner_beats_naive(green: Product) -> None:
    run_now()
    row = Forecast.objects.current().get(kind="product")
    tests = BackTest.objects.filter(forecast=row)
    assert {test.tier for test in tests} >= {"naive", "smoothing", "poisson"}
    assert len({test.origin for test in tests}) >= 3
    winners = {test.tier for test in tests if test.is_winner}
    assert winners == {row.tier}
    assert row.wape is not None and row.naive_wape is not None
    assert row.tier == "naive" or row.wape < row.naive_wape
    mine = [test for test in tests if test.is_winner]
    assert row.wape == pytest.approx(sum(test.error for test in mine) / sum(test.demand for test in mine))


def test_too_little_history_is_left_out_in_words(acme: Customer, green: Product) -> None:
    sells(acme, product("New"), steady(5))
    run = run_now()
    part = run.figures["product"]
    assert (part["groups"], part["left_out"], part["needed"]) == (1, 1, 12)
    assert [row["have"] for row in part["examples"]] == [5]


def test_twelve_weeks_are_enough_and_reach_two_weeks_ahead(acme: Customer) -> None:
    sells(acme, product("Young"), steady(12))
    run_now()
    row = Forecast.objects.current().get()
    assert (len(row.steps), row.next_4, row.next_13) == (2, None, None)


def test_an_empty_company_has_nothing_to_forecast_and_no_error(db: None) -> None:
    run = run_now()
    assert (run.state, run.groups) == (RunState.DONE, 0)


def test_the_week_under_way_is_no_history(acme: Customer, green: Product) -> None:
    sells(acme, green, [1000], until=MONDAY + WEEK)
    run_now()
    assert 1000 not in Forecast.objects.current().get(kind="product").history


def test_what_was_out_of_stock_is_unknown_and_not_zero(acme: Customer, tea: Category) -> None:
    row = product("Rare", tea)
    sells(acme, row, [*steady(40), 0, 0, 0, *steady(3)])
    first = (MONDAY - 6 * WEEK).date()
    run_now()
    assert Forecast.objects.current().get(kind="product").history[40:43] == [0, 0, 0]
    low = Forecast.objects.current().get(kind="product").next_4
    MarketEvent.objects.create(
        kind=MarketEventKind.STOCK_OUT, name="None", starts_on=first, ends_on=first + timedelta(days=20), product=row
    )
    run_now()
    found = Forecast.objects.current().get(kind="product")
    assert found.history[40:43] == [None, None, None]
    assert low is not None and found.next_4 is not None and found.next_4 > low
    assert Forecast.objects.current().get(kind="category").history[40:43] == [0, 0, 0]  # of the product alone


def test_a_run_as_of_earlier_knows_nothing_later_and_is_not_shown(acme: Customer, green: Product) -> None:
    now = run_now()
    then = start_forecasts(as_of=NOW - 10 * WEEK, at=NOW)
    forecast_demand(run=then, at=NOW)
    assert then.is_replay
    row = then.forecasts.get(kind="product")
    assert row.history == steady(60)[:50]
    assert {forecast.run_id for forecast in Forecast.objects.current()} == {now.pk}
    before = row.steps
    sells(acme, green, [500] * 9)  # later than the cut-off
    again = start_forecasts(as_of=NOW - 10 * WEEK, at=NOW)
    forecast_demand(run=again, at=NOW)
    assert again.forecasts.get(kind="product").steps == before


def test_the_forecasts_of_before_are_shown_until_the_new_ones_are_whole(
    green: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run_now()
    done: list[str] = []

    def dies(run: ForecastRun, kind: ForecastKind) -> None:
        if kind == ForecastKind.TICKETS:
            raise ConnectionError
        done.append(kind)
        original(run, kind)

    original = module._forecast
    monkeypatch.setattr(module, "_forecast", dies)
    second = start_forecasts(as_of=NOW, at=NOW, key="night")
    with pytest.raises(ConnectionError):
        forecast_demand(run=second, at=NOW)
    assert {row.run_id for row in Forecast.objects.current()} == {first.pk}

    def lives(run: ForecastRun, kind: ForecastKind) -> None:
        done.append(kind)
        original(run, kind)

    monkeypatch.setattr(module, "_forecast", lives)
    same = start_forecasts(as_of=NOW, at=NOW, key="night")
    assert same == second
    forecast_demand(run=same, at=NOW)
    assert done == ["product", "category", "tickets"]  # each once: what was done is not done again
    assert {row.run_id for row in Forecast.objects.all()} == {second.pk}


def test_a_run_that_is_done_is_not_done_again(green: Product) -> None:
    run = run_now()
    keys = {*Forecast.objects.values_list("pk", flat=True)}
    forecast_demand(run=run, at=NOW)
    assert {*Forecast.objects.values_list("pk", flat=True)} == keys


def test_shared_segments_are_forecast_by_category_but_not_small_or_private_ones(
    green: Product, north: Team, ann: Any
) -> None:
    def segment(name: str, prefix: str, *, shared: bool = True) -> Segment:
        definition = {"groups": [{"conditions": [{"fact": "name", "op": "contains", "value": prefix}]}]}
        made = create_segment(name=name, definition=definition, owner=ann, at=NOW)
        Segment.objects.filter(pk=made.pk).update(is_shared=shared)
        return made

    many = [Customer.objects.create(name=f"Tea house {n}", team=north) for n in range(FEWEST_CUSTOMERS)]
    sells(many[0], green, steady(30, seed=2))
    houses, few, own = (
        segment("Houses", "tea house"),
        segment("Few", "tea house 1"),
        segment("Own", "tea", shared=False),
    )
    run_now()
    assert {row.segment for row in Forecast.objects.filter(kind="category")} == {None, houses}
    assert Forecast.objects.get(segment=houses).history == steady(30, seed=2)
    # whoever objects to profiling is in no segment: then they are too few
    Customer.objects.filter(pk=many[1].pk).update(profiling_objected_at=NOW)
    run_now()
    assert not Forecast.objects.filter(segment__in=(houses, few, own)).exists()
    assert Forecast.objects.filter(kind="category", segment=None).exists()


def test_events_and_indexes_become_inputs_of_the_series_that_they_are_about(
    acme: Customer, green: Product, tea: Category
) -> None:
    other = product("Hammer")
    sells(acme, other, steady(40))
    week = (MONDAY - 3 * WEEK).date()
    days = {"starts_on": week, "ends_on": week + timedelta(days=6)}
    MarketEvent.objects.create(kind="promotion", name="Tea week", category=tea, discount=20, **days)
    MarketEvent.objects.create(kind="holiday", name="Holiday", starts_on=MONDAY.date(), ends_on=MONDAY.date())
    MarketIndex.objects.create(kind="market", on=week, value=110)
    MarketIndex.objects.create(kind="market", on=MONDAY.date() + timedelta(days=7), value=900)  # not known yet
    history = next(histories(ForecastKind.PRODUCT, as_of=NOW))
    found = panel_of(history)
    place, elsewhere = history.groups.index(green.pk), history.groups.index(other.pk)
    last = found.steps
    assert found.known["promotion"][place, last - 3] == 1
    assert found.known["promotion"][elsewhere].sum() == 0
    assert found.known["discounts"][place, last - 3] == pytest.approx(-0.2231, abs=1e-4)
    assert found.known["holidays"][place, last] == pytest.approx(1 / 7)
    assert found.lagged["price"][place, -1] == pytest.approx(-0.10536, abs=1e-4)
    assert found.lagged["market"][place, -1] == pytest.approx(0)  # one value: its own mean
    assert "competitor" not in found.lagged


def test_holidays_of_a_queue_are_those_of_its_calendar(acme: Customer, queue: Queue) -> None:
    asks(acme, queue, 60)
    day = NOW.date() + timedelta(days=2)
    Holiday.objects.create(calendar=queue.calendar, date=day, name="Closed")
    found = panel(ForecastKind.TICKETS)
    assert found.known["holidays"][0, found.steps + 2] == 1
    assert found.known["holidays"][0, found.steps + 3] == 0


def test_views_are_an_input_of_the_products_and_categories_that_have_any(
    acme: Customer, green: Product, tea: Category
) -> None:
    other = product("Other", Category.objects.create(name="Other"))
    sells(acme, other, steady(30))
    for days in (1, 2, 8):
        looks_at(None, green.sku, at=MONDAY - timedelta(days=days))
    looks_at(acme, green.sku, at=MONDAY)
    for kind, key in ((ForecastKind.PRODUCT, green.pk), (ForecastKind.CATEGORY, tea.pk)):
        history = next(histories(kind, as_of=NOW))
        seen = panel_of(history).lagged["views"]
        place = history.groups.index(key)
        assert seen[place, -3:].tolist() == pytest.approx([0.0, math.log(2), math.log(3)])
        assert not seen[1 - place].any()
    run = start_forecasts(as_of=NOW, at=NOW, key="views")
    forecast_demand(run=run, at=NOW)
    names = {row.product_id: [entry["name"] for entry in row.drivers["inputs"]] for row in run.forecasts.all()}
    assert "views" in names[green.pk] and "views" not in names[other.pk]


def test_without_views_there_is_no_such_input(green: Product) -> None:
    assert "views" not in panel_of(next(histories(ForecastKind.PRODUCT, as_of=NOW))).lagged
