"""What a clerk does on the page of a customer: relate it, see that in the picture, put consent down, log a note."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from customers.models import Consent, Customer, Interaction, Relation, User
from customers.operations.add_contact_point import add_contact_point
from customers.tests.operations.relations import relate
from tests.browser.conftest import Visit, take
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]


@pytest.fixture
def reachable(fallen: Customer) -> Customer:
    """An organisation with a score, an e-mail address, and a past as a prospect."""
    add_contact_point(customer=fallen, kind="email", value="office@acme.example", is_primary=True, at=NOW)
    relate("prospect", fallen)
    return fallen


def page_of(customer: Customer) -> str:
    return reverse("admin:customers_customer_page", args=[customer.pk])


@pytest.mark.parametrize("look", ["light", "dark", "phone"], indirect=True)
def test_a_clerk_relates_puts_consent_down_and_logs_a_note(
    log_in: LogIn, visit: Visit, look: str, bob: User, reachable: Customer, wang: Customer
) -> None:
    log_in(bob)
    page = visit(page_of(reachable))

    relate_to_wang(page)
    expect(page.locator("#relations .cd-list")).to_contain_text("employs 王芳 · Buyer")
    picture = page.locator(".cp-drawing:visible")
    expect(picture.get_by_role("link", name="Acme Pumps employs 王芳 · strength 5 of 5")).to_be_visible()
    assert Relation.objects.get(type__code="works-for").role == "Buyer"
    take(page, "customer-relation", look)

    page.locator("summary", has_text="Record consent").click()
    page.locator("#identity").get_by_role("radio", name="Yes").check()
    page.get_by_label("By", exact=True).select_option("email")
    page.get_by_label("Source").fill("web form")
    page.get_by_role("button", name="Put on record").click()
    expect(page.locator(".cp-reaches")).to_contain_text("Marketing: given")
    expect(page.locator(".cp-reaches")).to_contain_text("by web form")
    assert Consent.objects.get().recorded_by == bob

    page.locator("#log").get_by_role("radio", name="Meeting").check()
    page.get_by_label("Subject").fill("Showed them the new pump")
    page.get_by_label("Subject").press("Enter")
    expect(page.locator(".cd-timeline")).to_contain_text("Showed them the new pump")
    assert Interaction.objects.get(subject="Showed them the new pump").kind == "meeting"
    take(page, "customer-after", look)


def relate_to_wang(page: Page) -> None:
    """Add a relation without a mouse once the form is open: type, arrow, enter."""
    page.get_by_role("link", name="Add a relation").click()
    page.get_by_label("Relation", exact=True).select_option(label="employs")
    other = page.get_by_role("combobox", name="Other customer")
    other.press_sequentially("王")
    expect(page.get_by_role("option", name="王芳")).to_be_visible()
    other.press("ArrowDown")
    other.press("Enter")
    expect(page.get_by_role("option", name="王芳")).to_be_hidden()
    page.get_by_label("Role").fill("Buyer")
    page.locator("#relation-add").get_by_role("radio", name="5").check()
    page.get_by_role("button", name="Add", exact=True).click()


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_errors_show_in_place_and_what_they_are_to_us_goes_on(
    log_in: LogIn, visit: Visit, bob: User, reachable: Customer, wang: Customer
) -> None:
    relation = relate("works-for", wang, reachable)
    log_in(bob)
    page = visit(page_of(reachable))

    page.get_by_role("link", name="Add a relation").click()
    page.get_by_label("Relation", exact=True).select_option(label="employs")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#relation-add")).to_contain_text("Choose the other customer from the list.")
    page.locator("#relation-add").get_by_role("link", name="Cancel").click()
    expect(page.locator("#relation-add form")).to_have_count(0)

    page.get_by_role("link", name="became ...").click()
    page.get_by_label("From now on").select_option(label="client of ours")
    page.get_by_role("button", name="Put on record").click()
    expect(page.locator(".cp-step--now")).to_contain_text("client of ours")
    expect(page.locator(".cp-step--past")).to_contain_text("prospect of ours")

    page.get_by_role("link", name="Edit: employs 王芳").click()
    page.get_by_label("Role").fill("Director")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#relations .cd-list")).to_contain_text("employs 王芳 · Director")
    page.get_by_role("link", name="Edit: employs 王芳").click()
    page.get_by_label("Last day").fill("2020-01-31")
    page.get_by_role("button", name="End it").click()
    expect(page.locator("#relations .cd-past").first).to_contain_text("2020-01-31")
    relation.refresh_from_db()
    assert (relation.role, str(relation.until)) == ("Director", "2020-01-31")


@pytest.mark.parametrize("look", ["light", "phone"], indirect=True)
def test_the_timeline_is_narrowed_down(log_in: LogIn, visit: Visit, bob: User, reachable: Customer) -> None:
    relate("partner", reachable, since=NOW.date())
    log_in(bob)
    page = visit(page_of(reachable))
    page.locator("#timeline").get_by_role("link", name="Relations").click()
    expect(page.locator("#timeline .cd-event")).to_have_count(1)
    expect(page.locator("#timeline .cd-event")).to_contain_text("partner of ours")
    page.locator("#timeline").get_by_role("link", name="All", exact=True).click()
    expect(page.locator("#timeline .cd-event").nth(3)).to_be_visible()
