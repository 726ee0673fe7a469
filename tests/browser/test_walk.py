"""The main job in a real browser: log in, dashboard, customer, why, ticket, reply."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from customers.models import Customer, User
from services.models import Message, Queue, Ticket
from services.operations.open_ticket import open_ticket
from tests.browser.conftest import Visit
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]


@pytest.fixture
def ticket(fallen: Customer, queue: Queue) -> Ticket:
    """A ticket that waits for an answer."""
    return open_ticket(
        customer=fallen, subject="The pump leaks again", queue=queue, by=None, at=NOW, body="Please come soon."
    )


def test_an_agent_finds_out_why_and_replies(log_in: LogIn, visit: Visit, ann: User, ticket: Ticket) -> None:
    log_in(ann)
    page = visit(reverse("admin:index"))
    expect(page.get_by_role("heading", name="Fell most in 30 days")).to_be_visible()
    page.get_by_role("link", name="Acme Pumps").first.click()
    expect(page.get_by_role("heading", name="What moved it")).to_be_visible()

    page = visit(reverse("admin:customers_customer_page", args=[ticket.customer_id]))
    page.get_by_role("link", name="Why ").first.click()
    expect(page.get_by_text("1 of 5").first).to_be_visible()
    visit(reverse("admin:customers_customer_why", args=[ticket.customer_id]))

    page = visit(reverse("admin:services_ticket_change", args=[ticket.pk]))
    expect(page.get_by_role("region", name="Customer").get_by_role("link", name="Acme Pumps")).to_be_visible()
    page.locator("textarea").first.fill("We are on our way.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("We are on our way.").first).to_be_visible()
    assert Message.objects.filter(ticket=ticket, body="We are on our way.", author=ann).exists()


@pytest.mark.parametrize("look", ["light", "phone"], indirect=True)
def test_an_interaction_is_logged_and_older_entries_unfold(
    log_in: LogIn, visit: Visit, ann: User, fallen: Customer
) -> None:
    log_in(ann)
    page = visit(reverse("admin:customers_customer_page", args=[fallen.pk]))
    page.get_by_text("Log a call, meeting or visit").click()
    page.get_by_label("Subject").fill("Promised a visit")
    page.get_by_role("button", name="Put on the timeline").click()
    expect(page.locator(".cd-timeline").get_by_text("Promised a visit")).to_be_visible()
    before = page.locator(".cd-event").count()
    page.get_by_role("link", name="Show older").click()
    expect(page.locator(".cd-event").nth(before)).to_be_visible()


# In the dark they are as wide as in the light, and have no colours of their own.
@pytest.mark.parametrize("look", ["light", "phone"], indirect=True)
def test_the_lists_and_forms_open(log_in: LogIn, visit: Visit, root: User, fallen: Customer) -> None:
    log_in(root)
    for path in every_list(visit(reverse("admin:index"))):
        visit(path)
    visit(reverse("admin:customers_customer_change", args=[fallen.pk]))


def every_list(page: Page) -> list[str]:
    """The addresses of the navigation."""
    links = page.locator("#nav-sidebar-apps a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(links) > 10
    return [str(link) for link in links]


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_one_entry_of_the_navigation_is_lit(log_in: LogIn, visit: Visit, ann: User, fallen: Customer) -> None:
    log_in(ann)
    for name in ("page", "why", "change"):
        page = visit(reverse(f"admin:customers_customer_{name}", args=[fallen.pk]))
        assert page.locator("#nav-sidebar-apps a.active").count() == 1


@pytest.mark.parametrize("look", ["phone"], indirect=True)
def test_an_empty_installation_says_how_to_begin(log_in: LogIn, visit: Visit, root: User) -> None:
    log_in(root)
    page = visit(reverse("admin:index"))
    expect(page.get_by_text("./bin/crm demo")).to_be_visible()
    for path in every_list(page):
        visit(path)


def test_whoever_is_not_logged_in_is_asked_to(visit: Visit) -> None:
    page = visit("/")
    expect(page.locator("#login-form")).to_be_visible()


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_what_stands_below_the_buttons_of_a_users_page_is_saved(
    log_in: LogIn, visit: Visit, ann: User, root: User
) -> None:
    Client().force_login(ann)  # a session that can be ended: its button stands above the form
    log_in(root)
    page = visit(reverse("admin:customers_user_change", args=[ann.pk]))
    expect(page.get_by_role("button", name="End all sessions")).to_be_visible()
    assert page.evaluate("Boolean(document.getElementById('id_groups_to').form)")
    page.locator("#id_last_name").fill("Lee")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/admin/customers/user/")
    ann.refresh_from_db()
    assert ann.last_name == "Lee" and ann.groups.count() == 1
