"""Segments, tags and custom attributes in a real browser."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from customers.models import CustomAttribute, Customer, Segment, Tag, User
from tests.browser.conftest import Visit, settle, take

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added"


def settled(page: Page) -> Page:
    """The page, once what came from the server is in its place and alive: quicker than any hand can be."""
    page.wait_for_function(f"!document.querySelector('#segment-builder:is({BUSY}), #segment-builder :is({BUSY})')")
    return page


def test_a_segment_is_built_counted_saved_and_opened(
    log_in: LogIn, visit: Visit, look: str, ann: User, acme: Customer, wang: Customer, fallen: Customer
) -> None:
    log_in(ann)
    page = visit(reverse("admin:customers_segment_add"))
    page.get_by_label("Name", exact=False).first.fill("British and unhappy")
    page.get_by_label("What is asked").select_option("country")
    settled(page).get_by_label("How it is asked").select_option("is_not")
    settled(page).get_by_label("Value", exact=True).select_option("CN")
    preview = page.locator("#segment-preview")
    expect(preview).to_contain_text("Customers not in CN")
    expect(preview.locator(".segment-number b")).to_have_text("1")

    page.get_by_role("button", name="Add a condition").click()
    expect(page.get_by_label("What is asked")).to_have_count(2)
    settled(page).get_by_label("What is asked").nth(1).select_option("score")
    expect(page.get_by_label("How it is asked")).to_have_count(2)
    settled(page).get_by_label("How it is asked").nth(1).select_option("at_most")
    settled(page).get_by_label("Value", exact=True).nth(1).fill("10")
    expect(preview.locator(".segment-number b")).to_have_text("0")
    page.get_by_label("Value", exact=True).nth(1).fill("90")
    expect(preview.locator(".segment-number b")).to_have_text("1")
    expect(preview).to_contain_text("Customers not in CN with a score of at most 90")
    expect(preview.get_by_role("link", name="Acme Pumps")).to_be_visible()
    take(page, "segment-builder", look)

    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**" + reverse("admin:customers_segment_changelist"))
    row = Segment.objects.get()
    assert (row.name, row.owner) == ("British and unhappy", ann)
    expect(page.locator(".segment-count")).to_have_text("1")
    page.locator(".segment-name", has_text="British and unhappy").click()
    expect(page.get_by_role("heading", name="British and unhappy")).to_be_visible()
    expect(page.get_by_role("link", name="Acme Pumps")).to_be_visible()
    expect(page.get_by_role("link", name="王芳")).to_have_count(0)
    settle(page)
    take(page, "segment-customers", look)


@pytest.mark.parametrize("look", ["light", "phone"], indirect=True)
def test_a_filter_of_the_list_is_saved_as_a_segment(
    log_in: LogIn, visit: Visit, ann: User, acme: Customer, wang: Customer
) -> None:
    CustomAttribute.objects.create(code="level", name="Level", type="choice", choices=["gold"])
    Customer.objects.filter(pk=acme.pk).update(attributes={"level": "gold"})
    log_in(ann)
    page = visit(reverse("admin:customers_customer_changelist"))
    page.locator("#changelist a", has_text="Filters").click()
    page.locator("#filter-form select[name='attribute.level']").select_option("gold", force=True)
    page.get_by_role("button", name="Apply Filters").click()
    page.wait_for_url("**attribute.level=gold**")
    expect(page.get_by_role("link", name="王芳")).to_have_count(0)
    page.get_by_role("link", name="Save this filter as a segment").click()
    expect(page.locator("#segment-preview")).to_contain_text("Customers whose Level is gold")


@pytest.mark.parametrize("look", ["light", "phone"], indirect=True)
def test_tags_change_in_place(log_in: LogIn, visit: Visit, look: str, bob: User, acme: Customer) -> None:
    Tag.objects.create(name="VIP", colour="good")
    log_in(bob)
    page = visit(reverse("admin:customers_customer_page", args=[acme.pk]))
    page.get_by_label("Add a tag").fill("vip")
    page.get_by_label("Add a tag").press("Enter")
    expect(page.locator("#customer-tags .cd-chip")).to_contain_text("VIP")
    page.get_by_label("Add a tag").fill("Brand new")
    page.get_by_role("button", name="Add a tag").click()
    expect(page.locator("#customer-tags .cd-chip")).to_have_count(2)
    take(page, "customer-tags", look)
    page.get_by_role("button", name="Take “VIP” off").click()
    expect(page.locator("#customer-tags .cd-chip")).to_have_count(1)
    assert [tag.name for tag in acme.tags.all()] == ["Brand new"]


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_each_kind_of_customer_has_its_own_fields(log_in: LogIn, visit: Visit, bob: User) -> None:
    CustomAttribute.objects.create(code="born", name="Born", type="date", kind="person")
    CustomAttribute.objects.create(code="size", name="Headcount", type="number", kind="organisation")
    log_in(bob)
    page = visit(reverse("admin:customers_customer_add"))
    page.select_option("#id_kind", "organisation")
    expect(page.get_by_label("Headcount")).to_be_visible()
    expect(page.get_by_label("Born")).to_be_hidden()
    page.get_by_label("Headcount").fill("50")
    page.select_option("#id_kind", "person")
    expect(page.get_by_label("Headcount")).to_be_hidden()
    page.get_by_label("Born").fill("1990-05-01")
    page.fill("#id_name", "Ana Lima")
    page.select_option("#id_team", label="North")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Ana Lima", exact=True)).to_be_visible()
    assert Customer.objects.get(name="Ana Lima").attributes == {"born": "1990-05-01"}
