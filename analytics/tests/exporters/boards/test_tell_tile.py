"""What tiles tell: as the reports and lists behind them, of what is in sight alone."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from analytics.exporters.boards.content import Content, Figure
from analytics.exporters.boards.tell_tile import SOURCES, tell_tile
from analytics.models import Dashboard, SavedReport, Tile
from analytics.operations.write_report import write_report
from analytics.tests.admin.conftest import fallen as fallen
from analytics.tests.admin.test_behaviour_reports import QUESTIONS, saved
from analytics.tests.admin.test_behaviour_reports import events as events
from analytics.tests.boards import a_board, a_tile
from analytics.tests.boards import lea as lea
from analytics.tests.boards import max_ as max_
from customers.models import Category, Customer, Order, Product, Team, User
from customers.operations.place_order import NewLine, place_order
from services.models import Queue
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def board(lea: User, north: Team) -> Dashboard:
    return a_board(lea, is_shared=True, team=north)


@pytest.fixture
def orders(acme: Customer, south: Team) -> None:
    """Acme orders for 30 euros and 5 dollars, and cancels one; somebody of South orders as well."""
    pump = Product.objects.create(sku="P1", name="Pump", category=Category.objects.create(name="Pumps"))
    other = Customer.objects.create(kind="person", name="Southerner", team=south)
    for who, currency, price, days in (
        (acme, "EUR", 10, 1),
        (acme, "EUR", 20, 9),
        (acme, "USD", 5, 1),
        (other, "EUR", 99, 1),
    ):
        line = NewLine(product=pump, unit_price=Decimal(price))
        place_order(customer=who, currency=currency, lines=[line], at=NOW - timedelta(days=days))
    gone = place_order(customer=acme, currency="EUR", lines=[NewLine(product=pump, unit_price=Decimal(7))], at=NOW)
    Order.objects.filter(pk=gone.pk).update(status="cancelled")


def told(tile: Tile, user: User) -> Content:
    return tell_tile(tile=tile, user=user, at=NOW)


def numbers(content: Content) -> list[list[Any]]:
    return [
        [one.value if isinstance(one, Figure) else one.text for one in line] for line in content.parts[0].table.lines
    ]


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_report_is_told_with_its_number_and_its_links(lea: User, board: Dashboard, kind: str) -> None:
    report = saved(lea, kind)
    content = told(a_tile(board, lea, "report", "", report=report), lea)
    assert (content.title, content.problem, content.is_empty) == (f"My {kind}", "", False)
    assert content.link.endswith(f"/{report.pk}/report/") and content.number is not None
    links = [cell.link for line in content.parts[0].table.lines for cell in line if cell.link]
    assert links and all(f"/{report.pk}/customers/?" in link for link in links)
    chart = content.parts[0].table.chart()
    assert (chart is None) == (kind == "retention")
    if chart is not None:
        assert all(len(one.values) == len(one.links) == len(chart.labels) for one in chart.series)


@pytest.mark.usefixtures("events")
def test_of_a_funnel_the_number_is_the_share_that_went_through(lea: User, board: Dashboard) -> None:
    content = told(a_tile(board, lea, "report", "number", report=saved(lea)), lea)
    assert content.number is not None and (content.number.value, str(content.number)) == (0.5, "50.0 %")
    assert [line[1] for line in numbers(content)] == [2, 2, 1]


@pytest.mark.usefixtures("events")
def test_who_does_not_see_the_report_is_told_so_and_not_its_name(lea: User, max_: User, board: Dashboard) -> None:
    report = saved(lea)
    tile = a_tile(board, lea, "report", "funnel", report=report)
    content = told(tile, max_)
    assert content.problem == "The report of this tile is gone, or you may not see it."
    assert "My funnel" not in repr(content) and not content.link and not content.parts
    write_report(report=report, changes={"is_shared": True}, by=lea, at=NOW)
    assert told(tile, max_).title == "My funnel"
    SavedReport.objects.all().delete()
    tile.refresh_from_db()
    assert told(tile, lea).problem


@pytest.mark.usefixtures("events")
def test_each_is_told_of_their_own_customers(lea: User, otto: User, board: Dashboard) -> None:
    tile = a_tile(board, lea, "report", "funnel", report=saved(lea, is_shared=True))
    assert numbers(told(tile, lea))[0][1] == 2
    assert numbers(told(tile, otto))[0][1] == 1


@pytest.mark.parametrize("source", SOURCES)
def test_without_the_permission_a_figure_says_so(lea: User, board: Dashboard, source: str) -> None:
    tile = a_tile(board, lea)
    tile.source = source
    nobody = User.objects.create_user("nobody", is_staff=True)
    content = told(tile, nobody)
    assert content.problem == "You may not see what this tile shows." and not content.parts


@pytest.mark.usefixtures("fallen")
def test_tickets_that_wait_lead_to_just_these(lea: User, otto: User, board: Dashboard, queue: Queue) -> None:
    from services.operations.open_ticket import open_ticket

    open_ticket(customer=Customer.objects.get(name="Acme Pumps"), subject="x", queue=queue, by=None, at=NOW, body="x")
    tile = a_tile(board, lea)
    content = told(tile, lea)
    assert numbers(content)[:2] == [["Open tickets", 1], ["Unassigned", 1]]
    assert content.number_words == "open, 0 of them late"
    assert str(told(tile, otto).number) == "0"


@pytest.mark.usefixtures("fallen")
@pytest.mark.parametrize("source", ["tickets", "targets", "csat", "scores", "movers"])
def test_every_number_of_the_desk_and_of_scores_opens_a_list(lea: User, board: Dashboard, source: str) -> None:
    shape = {"targets": "heat", "movers": "table"}.get(source, "number")
    content = told(a_tile(board, lea, source, shape), lea)
    assert not content.problem and not content.is_empty, content
    browser = Client()
    browser.force_login(lea)
    cells = [cell for line in content.parts[0].table.lines for cell in line]
    links = {one.link for one in [*cells, *([content.number] if content.number else [])] if one.link}
    assert links
    for link in {content.link, *links}:
        assert browser.get(link).status_code == 200, link


@pytest.mark.usefixtures("fallen")
def test_who_fell_is_named_to_whoever_sees_them(lea: User, otto: User, board: Dashboard) -> None:
    tile = a_tile(board, lea, "movers", "table")
    assert [line[0] for line in numbers(told(tile, lea))] == ["Acme Pumps"]
    theirs = told(tile, otto)
    assert theirs.is_empty and str(theirs.number) == "0" and "Acme" not in repr(theirs)


@pytest.mark.usefixtures("fallen")
def test_scores_of_customers_in_sight_are_counted(lea: User, otto: User, board: Dashboard) -> None:
    tile = a_tile(board, lea, "scores", "bar")
    assert [line[1] for line in numbers(told(tile, lea))] == [0, 1, 1, 0]
    assert [line[1] for line in numbers(told(tile, otto))] == [0, 0, 0, 0]


@pytest.mark.usefixtures("fallen")
def test_tickets_are_told_by_day_by_week_and_by_month(lea: User, board: Dashboard) -> None:
    tile = a_tile(board, lea, "tickets", "bar", days=45)
    whole = []
    for days, steps in ((45, 45), (190, 28), (360, 13)):
        tile.days = days
        content = told(tile, lea)
        assert steps - 1 <= len(numbers(content)) <= steps + 1
        whole.append(sum(line[1] for line in numbers(content)))
    assert whole == [7, 7, 7]


@pytest.mark.usefixtures("orders")
def test_orders_are_told_by_currency_without_cancelled_ones(lea: User, otto: User, board: Dashboard) -> None:
    tile = a_tile(board, lea, "orders", "bar", days=30)
    content = told(tile, lea)
    table = content.parts[0].table
    assert table.header == ["From", "Orders", "Revenue, EUR", "Revenue, USD"]
    sums = [sum(line[at] for line in numbers(content)) for at in (1, 2, 3)]
    assert sums == [3, 30, 5]
    assert str(content.number) == "30.00" and content.number_words == "EUR from 3 orders"
    assert str(told(tile, otto).number) == "99.00"
    # The list behind a number holds just these orders.
    browser = Client()
    browser.force_login(lea)
    assert content.number is not None
    page = browser.get(content.number.link)
    assert page.status_code == 200 and page.context["cl"].result_count == 3


def test_a_period_without_anything_says_so(lea: User, board: Dashboard) -> None:
    for source, shape in (
        ("orders", "bar"),
        ("tickets", "bar"),
        ("csat", "number"),
        ("movers", "table"),
        ("scores", "bar"),
    ):
        assert told(a_tile(board, lea, source, shape), lea).is_empty
