"""Candid by keyboard: no mouse in any of these. That nothing is left to the mouse on any page is looked at where axe looks
(`keys.unreached`)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from analytics.models import Dashboard
from analytics.tests.boards import a_board, a_tile
from analytics.tests.boards import lea as lea
from customers.models import Customer, Tag, User
from customers.operations.add_contact_point import add_contact_point
from services.models import Calendar, ChatWidget, Message, OutboundMail, Queue, Ticket
from services.operations.open_ticket import open_ticket
from services.tests.operations.articles import PUMP, an_article
from services.tests.operations.mails import a_mailbox
from tests.browser.conftest import Visit, settle
from tests.browser.keys import HAS_FOCUS, tab_to, unreached, where
from tests.browser.test_chat import PATIENCE, Site, chat, visitor
from tests.browser.test_chat import site as site
from tests.browser.test_chat import widget as widget

__all__ = ["visitor"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.once("sqlite", reason="keys are the same whatever the database"),
    pytest.mark.parametrize("look", ["light"], indirect=True),
]

As = Callable[[User, str], Page]


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


def focus(page: Page) -> Locator:
    return page.locator("*:focus")


def test_the_check_finds_what_only_a_mouse_can_do(page: Page) -> None:
    page.set_content("""<!doctype html><base href="http://candid.test/"><style>.tip { display: none } p:hover .tip { display: block }
        .bare:focus { outline: none }</style>
      <div style="cursor: pointer">pointer</div> <span x-on:click="x">alpine</span> <b onclick="x">onclick</b>
      <button><i x-on:click="x">within</i></button> <a @click="x" tabindex="0">no role</a> <i draggable="true">drag</i>
      <i role="tab">tab</i> <label style="cursor: pointer">label<u style="display: none"><input type="checkbox"></u></label>
      <input tabindex="3"> <div aria-hidden="true"><a href="#x">unread</a></div>
      <p>over <b class="tip">hover</b></p> <button class="bare">bare</button>
      <canvas data-links='[["/there/"], ["#x", "", null]]'></canvas>""")
    found = sorted((what, re.sub(r"<[^>]*>", "", place).strip()) for what, place in unreached(page, focuses=True))
    assert found == [
        ("a chart leads where no link does (1 of 2)", "/there/"),
        ("a positive tabindex", ""),
        ("it has the focus and no role", "no role"),
        ("it is dragged, and no button beside it does the same", "drag"),
        *[("no key presses it", name) for name in ("alpine", "label", "onclick", "pointer", "tab", "within")],
        ("only the mouse shows it (p:hover .tip)", "hover"),
        ("the focus can go into what is hidden from readers", "unread"),
        ("the focus is not seen", "bare"),
    ]


def test_the_check_finds_nothing_where_keys_do_it_too(page: Page) -> None:
    page.set_content("""<!doctype html><style>.tip { display: none } p:is(:hover, :focus-within) .tip { display: block }
        label, li { cursor: pointer }</style>
      <label>Yes <input type="radio" name="a"></label> <label for="f">File</label><input id="f" type="file">
      <input role="combobox" aria-controls="l"><ul id="l" role="listbox"><li role="option">One</li></ul>
      <div x-on:click="x"><button>Buy</button></div> <div x-on:click="x"></div> <u x-on:click="x" role="button" tabindex="0">u</u>
      <div><i draggable="true">drag</i><button>Later</button></div> <details><summary>More</summary><p>x</p></details>
      <p tabindex="0">over <b class="tip">hover</b></p> <canvas data-links='["#x"]'></canvas><a href="#x">x</a>""")
    assert [*unreached(page, focuses=True)] == []


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
    left = page.evaluate("""() => [...document.querySelectorAll("#content :is(a[href], button, input:not([type=hidden], [type=radio]), select, textarea, summary)")]
        .filter(node => node.checkVisibility({visibilityProperty: true}) && !node.disabled && !node.closest("details:not([open]) > :not(summary)") && node.tabIndex >= 0 && !node.dataset.seen)
        .map(node => node.outerHTML.slice(0, 150))""")
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
    page.wait_for_url("**/services/calendar/")
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
    page.wait_for_url("**/services/calendar/")
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
        assert page.evaluate("document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))")
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


def test_a_customer_gets_a_link_opens_a_ticket_and_replies(
    page: Page, live_server: LiveServer, acme: Customer, queue: Queue, settings: Any
) -> None:
    settings.PUBLIC_URL = live_server.url
    add_contact_point(customer=acme, kind="email", value="boss@example.org", at=timezone.now())
    a_mailbox(queue, sends=True)
    keys = page.keyboard
    page.goto(f"{live_server.url}/my/")
    expect(page.get_by_label("Your e-mail address")).to_be_focused()
    keys.type("boss@example.org")
    keys.press("Enter")
    page.get_by_role("heading", name="Look into your mail").wait_for()
    link = re.search(r"https?://\S+/my/link/\S+", str(OutboundMail.objects.get(purpose="magic_link").body))
    assert link is not None
    page.goto(link[0])
    tab_to(page.get_by_role("button", name="Log in"))
    keys.press("Enter")
    tab_to(page.get_by_role("link", name="New ticket").first)
    keys.press("Enter")
    tab_to(page.get_by_label("Subject"))
    keys.type("Pump leaks")
    tab_to(page.locator("textarea"), most=2)
    keys.type("Water everywhere.")
    tab_to(page.get_by_role("button", name="Send"), most=4)
    keys.press("Enter")
    tab_to(page.get_by_label("Your answer"))
    keys.type("And more of it.")
    tab_to(page.locator("#answer").get_by_role("button", name="Send"), most=4)
    keys.press("Enter")
    page.get_by_text("Thank you. We have your answer.").wait_for()
    assert [*Message.objects.filter(kind="public", author=None, is_automatic=False).order_by("pk").values_list("body", flat=True)] == ["Water everywhere.", "And more of it."]


def test_an_article_is_searched_read_and_rated(go: Visit, page: Page) -> None:
    an_article(slug="leaks", texts={"en": PUMP})
    go("/help/")
    keys = page.keyboard
    keys.press("Tab")
    expect(focus(page)).to_have_text("Skip to the content")
    expect(focus(page)).to_be_in_viewport()
    keys.press("Enter")
    keys.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    keys.type("leaking pumps")
    keys.press("Enter")
    tab_to(page.get_by_role("link", name="The pump leaks"), most=20)
    keys.press("Enter")
    tab_to(page.get_by_role("button", name="Yes", exact=True), most=20)
    keys.press("Space")
    expect(page.get_by_role("button", name="Yes", exact=True)).to_have_attribute("aria-pressed", "true")


def test_a_chat_is_opened_written_in_and_closed(visitor: Page, site: Site, widget: ChatWidget) -> None:
    visitor.goto(site.url)
    keys = visitor.keyboard
    opener = visitor.get_by_role("button", name="Chat with us")
    opener.wait_for(timeout=PATIENCE)
    tab_to(opener, most=4)
    keys.press("Enter")
    text = chat(visitor).get_by_label("Your message")
    expect(text).to_be_enabled(timeout=PATIENCE)
    tab_to(text, most=12)
    keys.type("My pump leaks")
    keys.press("Enter")
    expect(chat(visitor).get_by_text(re.compile("· Sent$")).first).to_be_visible(timeout=PATIENCE)
    assert Ticket.objects.count() == 1
    keys.press("Escape")
    expect(visitor.locator("iframe")).to_be_hidden()
    expect(opener).to_be_focused()
