"""Behaviour reports in a real browser: a funnel and a retention report are built, saved and opened."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from analytics.models import SavedReport
from analytics.tests.behaviour.events import make_events, make_identity
from analytics.tests.behaviour.oracle import Happened
from customers.models import Customer, Team, User
from tests.browser.conftest import Visit, settle, take
from tests.cast import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"
HOUR = 3600 * 1_000_000


@pytest.fixture
def lea(north: Team) -> User:
    """Lea, who leads North."""
    return make_user("lea", north, role="Lead")


@pytest.fixture
def events(acme: Customer, wang: Customer) -> None:
    """Three days ago both signed up; Acme bought an hour later, Wang came back the day after."""
    ten = timezone.now().replace(hour=10, minute=0, second=0, microsecond=0)
    begin = int(ten.timestamp()) * 1_000_000 - 72 * HOUR
    steps = [(1, 0, 1), (1, 1, 3), (2, 0, 1), (2, 24, 2)]
    make_events(
        [Happened(who, begin + hours * HOUR, at, name, plan="gold") for at, (who, hours, name) in enumerate(steps)],
        {1: make_identity("k1", acme), 2: make_identity("k2", wang)},
    )


def settled(page: Page) -> Page:
    """The page, once what came from the server is in its place and alive: quicker than any hand can be."""
    page.wait_for_function(f"!document.querySelector('#behaviour-builder:is({BUSY}), #behaviour-builder :is({BUSY})')")
    return page


def test_a_funnel_is_built_tried_saved_and_opened(
    log_in: LogIn, visit: Visit, look: str, lea: User, events: None
) -> None:
    log_in(lea)
    page = visit(reverse("admin:analytics_savedreport_changelist"))
    page.get_by_role("link", name="Funnel").click()
    page.get_by_label("Name", exact=False).first.fill("Way to buy")
    page.get_by_label("Step 1", exact=True).fill("Sign up")
    page.get_by_label("Step 2", exact=True).fill("Buy")
    page.get_by_role("button", name="Add a condition").nth(1).click()
    expect(page.get_by_label("Property")).to_have_count(1)
    settled(page).get_by_label("Property").fill("plan")
    page.get_by_label("Value", exact=True).fill("gold")
    page.get_by_role("button", name="Add a step").click()
    expect(page.get_by_label("Step 3", exact=True)).to_be_visible()
    settled(page).get_by_role("button", name="Remove the step").nth(2).click()
    expect(page.get_by_label("Step 3", exact=True)).to_have_count(0)
    settled(page).get_by_role("button", name="Show the numbers").click()
    result = page.locator("#behaviour-result")
    expect(result.locator("tbody tr")).to_have_count(2)
    expect(result.locator("tbody tr").nth(1)).to_contain_text("50.0 %")
    expect(result.locator("canvas")).to_be_visible()
    take(page, "behaviour-builder", look)

    page.get_by_role("button", name="Save", exact=True).click()
    row = settled_report(page)
    assert (row.name, row.owner, row.kind) == ("Way to buy", lea, "funnel")
    settle(page)
    take(page, "behaviour-funnel", look)
    # A click on the bar of the first step leads to both customers.
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.29, box["y"] + box["height"] * 0.6)
    page.wait_for_url("**/customers/?cell=reached*")
    expect(page.get_by_role("link", name="Acme Pumps")).to_be_visible()
    expect(page.get_by_role("link", name="王芳")).to_be_visible()
    page.go_back()
    page.locator("tbody tr").nth(1).get_by_role("link").first.click()
    expect(page.get_by_role("link", name="王芳")).to_have_count(0)
    page.get_by_role("link", name="Acme Pumps").click()
    page.wait_for_url("**/customers/customer/**")


def settled_report(page: Page) -> SavedReport:
    """The report that was just saved, whose numbers are shown."""
    page.wait_for_url("**/report/")
    return SavedReport.objects.get()


@pytest.mark.parametrize("look", ["light", "phone"], indirect=True)
def test_a_retention_report_is_built_and_its_cells_open(
    log_in: LogIn, visit: Visit, look: str, lea: User, events: None
) -> None:
    log_in(lea)
    page = visit(reverse("admin:analytics_savedreport_add"))
    page.get_by_label("Name", exact=False).first.fill("Who comes back")
    page.get_by_label("What to count").select_option("retention")
    expect(page.get_by_label("Came back with", exact=True)).to_be_visible()
    settled(page).get_by_label("Began with", exact=True).fill("Sign up")
    page.get_by_label("any event").nth(1).check()
    page.get_by_label("Steps after the first").fill("2")
    page.get_by_label("Period").select_option("7")
    settled(page).get_by_role("button", name="Save", exact=True).click()
    row = settled_report(page)
    assert row.definition["steps"][1] == {"event": None, "where": []} and row.definition["columns"] == 2
    settle(page)
    take(page, "behaviour-retention", look)
    cells = page.locator(".behaviour-heat td a", has_text="50.0 %")
    expect(cells).to_have_count(2)  # Acme on the day, Wang on the day after
    cells.nth(1).click()
    expect(page.get_by_role("link", name="王芳")).to_be_visible()
    expect(page.get_by_role("link", name="Acme Pumps")).to_have_count(0)
