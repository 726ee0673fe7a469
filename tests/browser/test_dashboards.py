"""Dashboards in a real browser: built from a funnel and a retention report, arranged by keyboard and by hand."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from analytics.models import Dashboard, SavedReport
from analytics.operations.write_report import write_report
from analytics.tests.boards import a_board, a_tile
from analytics.tests.boards import lea as lea
from customers.models import Customer, User
from tests.browser.conftest import Visit, settle, take
from tests.browser.test_behaviour import events as events

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LogIn = Callable[[User], None]


@pytest.fixture
def reports(lea: User, events: None) -> None:
    """A funnel and a retention report of Lea's."""
    steps = [{"event": "Sign up"}, {"event": "Buy"}]
    for name, kind in (("Way to buy", "funnel"), ("Who comes back", "retention")):
        more = {"columns": 3} if kind == "retention" else {}
        definition = {"steps": steps, "period": {"days": 7}, **more}
        values = {"name": name, "kind": kind, "definition": definition}
        write_report(report=SavedReport(), changes=values, by=lea, at=timezone.now())


def add_tile(page: Page, source: str, shape: str, report: str = "") -> None:
    page.get_by_role("link", name="Add a tile").click()
    page.get_by_label("What it shows").select_option(source)
    if report:
        page.get_by_label("Behaviour report").select_option(label=report)
    page.get_by_label("Shape").select_option(shape)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/board/**")


def titles(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".board-head h2").all_inner_texts()]


def test_a_dashboard_is_built_and_opens_what_is_behind(
    log_in: LogIn, visit: Visit, look: str, lea: User, acme: Customer, reports: None
) -> None:
    log_in(lea)
    page = visit(reverse("admin:analytics_dashboard_add"))
    page.get_by_label("Name", exact=False).first.fill("Monday")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/board/")
    expect(page.get_by_text("This dashboard has no tiles yet.")).to_be_visible()
    add_tile(page, "report", "funnel", "Way to buy")
    add_tile(page, "report", "heat", "Who comes back")
    add_tile(page, "waiting", "number")
    settle(page)
    expect(page.locator(".board-head h2")).to_have_count(3)
    assert titles(page) == ["Way to buy", "Who comes back", "Tickets that wait now"]
    expect(page.locator(".board-chart canvas")).to_be_visible()
    expect(page.locator(".behaviour-heat td a").first).to_be_visible()
    take(page, "dashboard", look)
    # Behind the bar of the first step are both customers.
    page.locator(".board-table summary").first.click()
    page.locator(".board-table tbody td a").first.click()
    page.wait_for_url("**/customers/?cell=*")
    expect(page.get_by_role("link", name="Acme Pumps")).to_be_visible()


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_tiles_are_arranged_by_keyboard_and_by_hand(log_in: LogIn, visit: Visit, look: str, lea: User) -> None:
    board: Dashboard = a_board(lea)
    for source, title in (("waiting", "One"), ("orders", "Two"), ("tickets", "Three")):
        a_tile(board, lea, source, "number", title=title)
    log_in(lea)
    page = visit(reverse("admin:analytics_dashboard_board", args=[board.pk]))
    expect(page.locator(".board-head h2")).to_have_count(3)
    first = page.locator(".board-tile").first
    first.get_by_role("button", name="Later").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#later-*")
    settle(page)
    expect(page.locator(".board-head h2")).to_have_count(3)
    assert titles(page) == ["Two", "One", "Three"]
    expect(page.locator(".board-tile").nth(1).get_by_role("button", name="Later")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".board-tile").nth(2).locator("h2")).to_have_text("One")
    settle(page)
    page.locator(".board-tile").nth(2).locator(".board-handle").drag_to(page.locator(".board-tile").first)
    expect(page.locator(".board-tile").first.locator("h2")).to_have_text("One")
    settle(page)
    expect(page.locator(".board-head h2")).to_have_count(3)
    assert titles(page) == ["One", "Two", "Three"]


@pytest.mark.parametrize("look", ["dark", "phone"], indirect=True)
def test_a_dashboard_is_scheduled_by_mail_and_sent(log_in: LogIn, visit: Visit, look: str, lea: User) -> None:
    board: Dashboard = a_board(lea)
    log_in(lea)
    page = visit(reverse("admin:analytics_dashboard_board", args=[board.pk]))
    page.get_by_role("link", name="By mail").click()
    page.get_by_label("How often").select_option("month")
    expect(page.get_by_label("Day of the month")).to_be_visible()
    expect(page.get_by_label("Weekday")).to_be_hidden()
    settle(page)
    take(page, "scheduled-form", look)
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_role("heading", name="Monday")).to_be_visible()
    expect(page.get_by_text("No mailbox sends mail")).to_be_visible()
    expect(page.get_by_text("gets it", exact=True)).to_be_visible()
    settle(page)
    take(page, "scheduled", look)
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("A worker writes it")).to_be_visible()
