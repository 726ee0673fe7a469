"""The admin by keyboard: no mouse in any of these. That nothing is left to the mouse on any page is looked at where axe
looks (`keys.unreached`)."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from analytics.models import Dashboard
from analytics.tests.boards import a_board, a_tile
from analytics.tests.boards import lea as lea
from customers.models import Customer, Tag, User
from services.models import Calendar, Queue
from services.operations.open_ticket import open_ticket
from tests.browser.conftest import settle
from tests.browser.keys import HAS_FOCUS, focus, tab_to, where

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.once("sqlite", reason="keys are the same whatever the database"),
    pytest.mark.parametrize("look", ["light"], indirect=True),
]

As = Callable[[User, str], Page]
# What of the content could have the focus and was not marked when it had it. Of radio buttons one is enough.
NOT_REACHED = """() => [...document.querySelectorAll("#content :is(a[href], button, input, select, textarea, summary)")]
  .filter(node => node.checkVisibility({visibilityProperty: true}) && !node.matches("[type=hidden], [type=radio]"))
  .filter(node => node.tabIndex >= 0 && !node.disabled && !node.dataset.seen)
  .map(node => node.outerHTML.slice(0, 90))"""


@pytest.fixture
def at(page: Page, client: Client, live_server: LiveServer) -> As:
    """Open an address as somebody who is logged in."""

    def at(user: User, path: str) -> Page:
        client.force_login(user)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        page.goto(live_server.url + path)
        settle(page)
        return page

    return at


def test_one_logs_in_skips_the_navigation_and_sets_look_and_language(
    page: Page, live_server: LiveServer, ann: User, fallen: Customer
) -> None:
    keys = page.keyboard
    page.goto(f"{live_server.url}/admin/login/")
    tab_to(page.locator("#id_username"))
    keys.type("ann")
    tab_to(page.locator("#id_password"), most=2)
    keys.type("correct horse")
    keys.press("Enter")
    page.wait_for_url(f"{live_server.url}/admin/")
    settle(page)

    keys.press("Tab")
    expect(focus(page)).to_have_text("Skip to the content")
    expect(focus(page)).to_be_in_viewport()
    keys.press("Enter")
    keys.press("Tab")
    assert page.evaluate("document.getElementById('content').contains(document.activeElement)"), where(page)
    tab_to(page.locator("#nav-sidebar-apps a").first, back=True)

    me = page.get_by_role("button", name=re.compile("^A ann"))
    tab_to(me)
    keys.press("Enter")
    expect(page.get_by_role("button", name="Light")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("Space")
    expect(page.locator("html")).to_have_class(re.compile("dark"))
    keys.press("Escape")
    expect(me).to_be_focused()
    expect(me).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("button", name="Light")).to_be_hidden()
    keys.press("Space")
    expect(page.get_by_role("button", name="Light")).to_be_focused()
    tab_to(page.get_by_role("button", name="简体中文"), most=8)
    keys.press("Enter")
    expect(page.locator("#cd-skip")).to_have_text("跳到正文")


def test_the_search_over_everything_and_the_navigation_of_a_phone(at: As, ann: User, fallen: Customer) -> None:
    page = at(ann, reverse("admin:index"))
    keys = page.keyboard
    search, field = page.get_by_role("button", name=re.compile("^Search apps")), page.locator("#search-input-command")
    tab_to(search)
    keys.press("Enter")
    expect(field).to_be_focused()
    keys.press("Escape")
    expect(search).to_be_focused()
    expect(field).to_be_hidden()

    page.set_viewport_size({"width": 390, "height": 844})
    bars = page.get_by_role("button", name="Navigation")
    tab_to(bars)
    keys.press("Enter")
    expect(page.locator("#nav-sidebar")).to_be_visible()
    expect(page.locator("#nav-sidebar a").first).to_be_focused()
    tab_to(page.get_by_role("button", name="Close the navigation"), most=3)
    keys.press("Space")
    expect(page.locator("#nav-sidebar")).to_be_hidden()
    expect(bars).to_be_focused()


def test_a_list_is_filtered_and_rows_are_chosen_for_an_action(at: As, root: User, acme: Customer) -> None:
    tags = [Tag.objects.create(name=name) for name in ("Gold", "Silver", "Tin")]
    page = at(root, reverse("admin:customers_tag_changelist"))
    keys = page.keyboard
    tab_to(page.locator(f"input[name=_selected_action][value='{tags[1].pk}']"))
    keys.press("Space")
    tab_to(page.locator("select[name=action]"))
    keys.type("Delete")
    tab_to(page.get_by_role("button", name=re.compile("^Run")), most=3)
    keys.press("Enter")
    tab_to(page.get_by_role("button", name=re.compile("^Yes, I")))
    keys.press("Enter")
    expect(page.get_by_text("Successfully deleted 1 tag.")).to_be_visible()
    assert [*Tag.objects.filter(pk__in=[tag.pk for tag in tags]).values_list("name", flat=True)] == ["Gold", "Tin"]

    page = at(root, reverse("admin:customers_customer_changelist"))
    opener = page.get_by_role("button", name="Filters")
    tab_to(opener)
    keys.press("Enter")
    drawer = page.locator("#changelist-filter")
    expect(drawer).to_be_visible()
    expect(drawer.locator("*:focus")).to_have_count(1)
    first = page.evaluate_handle("document.activeElement")
    keys.press("Shift+Tab")
    expect(drawer.locator("*:focus")).to_have_count(1)
    keys.press("Tab")
    assert first.evaluate(HAS_FOCUS)
    keys.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()
    keys.press("Enter")
    tab_to(drawer.get_by_role("button", name=re.compile("Apply")), most=60)
    keys.press("Enter")
    expect(page.get_by_role("link", name="Acme Pumps")).to_be_visible()


def test_tab_goes_through_a_whole_customer_page_and_comes_round(at: As, bob: User, fallen: Customer) -> None:
    page = at(bob, reverse("admin:customers_customer_page", args=[fallen.pk]))
    keys = page.keyboard
    seen: list[str] = []
    mark = "() => { const it = document.activeElement; return it.dataset.seen ??= String(Math.random()); }"
    keys.press("Tab")
    for _ in range(400):
        here = page.evaluate(mark)
        if seen and here == seen[0]:
            break
        assert here not in seen[1:-1], f"a trap: {where(page)}"
        seen.append(here)
        keys.press("Tab")
    assert page.evaluate(mark) == seen[0], where(page)
    left = page.evaluate(NOT_REACHED)
    assert left == []

    tab_to(page.get_by_role("link", name="Why this score"))
    keys.press("Enter")
    page.wait_for_url("**/why/")
    expect(page.locator(".cd-tabs [aria-current]")).to_have_text("Why this score")


def test_a_row_is_added_with_its_day_from_the_calendar(at: As, root: User) -> None:
    calendar = Calendar.objects.get(name="Office hours")
    page = at(root, reverse("admin:services_calendar_change", args=[calendar.pk]))
    keys = page.keyboard
    tab_to(page.locator("#tabs-items").get_by_role("link", name=re.compile("^Holidays")))
    keys.press("Enter")
    tab_to(page.get_by_role("link", name="Add another Holiday"))
    keys.press("Enter")
    line = page.locator("#holidays-group .form-group:not(.empty-form)")
    tab_to(line.get_by_role("button", name="Remove"), back=True)
    keys.press("Enter")
    expect(line).to_have_count(0)
    expect(page.get_by_role("link", name="Add another Holiday")).to_be_focused()
    keys.press("Enter")
    day, name = line.locator("input[name$=-date]"), line.locator("input[name$=-name]")
    tab_to(day, back=True)
    picker = line.get_by_role("link", name="Choose a Date")
    tab_to(picker, most=4)
    keys.press("Enter")
    box = page.locator(".calendarbox:visible")
    expect(box.locator("td.today a")).to_be_focused()
    keys.press("Escape")
    expect(box).to_have_count(0)
    expect(picker).to_be_focused()
    keys.press("Enter")
    expect(box.locator("td.today a")).to_be_focused()
    keys.press("ArrowRight" if timezone.localtime().day == 1 else "ArrowLeft")
    keys.press("Enter")
    expect(day).to_have_value(re.compile(r"\d"))
    expect(day).to_be_focused()
    tab_to(name, most=5)
    keys.type("Founders' day")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/services/calendar/(#|$)"))
    (holiday,) = calendar.holidays.all()
    assert holiday.name == "Founders' day"

    page = at(root, reverse("admin:services_calendar_change", args=[calendar.pk]) + "#holidays")
    tab_to(page.get_by_role("checkbox", name="Remove"))
    keys.press("Space")
    expect(page.get_by_text("This item will be deleted.")).to_be_visible()
    keys.press("Space")
    expect(page.get_by_text("This item will be deleted.")).to_be_hidden()
    keys.press("Space")
    tab_to(page.get_by_role("button", name="Save", exact=True))
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/services/calendar/(#|$)"))
    assert not calendar.holidays.exists()


def test_an_autocomplete_field_is_filled(at: As, root: User, acme: Customer, wang: Customer) -> None:
    page = at(root, reverse("admin:customers_interaction_add"))
    keys = page.keyboard
    box = page.locator(".field-customer .select2-selection")
    tab_to(box)
    keys.press("Enter")
    search = page.locator(".select2-container--open .select2-search__field")
    expect(search).to_be_focused()
    keys.type("Acme")
    expect(page.locator(".select2-results__option--highlighted")).to_contain_text("Acme Pumps")
    keys.press("Enter")
    expect(box).to_contain_text("Acme Pumps")
    expect(box).to_be_focused()
    keys.press("Enter")
    expect(search).to_be_focused()
    keys.press("Escape")
    expect(box).to_be_focused()


def test_what_lies_behind_a_bar_is_reached_by_its_table(at: As, lea: User, acme: Customer, queue: Queue) -> None:
    open_ticket(customer=acme, subject="Leak", queue=queue, by=None, at=timezone.now(), body="Help")
    board: Dashboard = a_board(lea)
    a_tile(board, lea, "waiting", "bar", title="Waiting")
    page = at(lea, reverse("admin:analytics_dashboard_board", args=[board.pk]))
    keys = page.keyboard
    expect(page.locator(".board-chart canvas")).to_be_visible()
    tab_to(page.locator(".board-table summary"))
    keys.press("Enter")
    tab_to(page.locator(".board-table tbody a").first, most=4)
    keys.press("Enter")
    expect(page.get_by_role("link", name="Leak")).to_be_visible()


def test_a_dialog_of_the_desk_keeps_the_focus_and_gives_it_back(at: As, ann: User, queue: Queue) -> None:
    page = at(ann, "/admin/desk/")
    keys = page.keyboard
    opener = page.get_by_role("button", name="Keyboard and help")
    tab_to(opener)
    keys.press("Enter")
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("*:focus")).to_have_count(1)
    for _ in range(6):
        keys.press("Tab")
        assert page.evaluate("document.activeElement.matches('body, dialog *')")
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()
