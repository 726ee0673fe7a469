"""What a customer prefers, in a browser: why, what they say themselves, and weights that are looked at before they
count."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from analytics.models import PreferenceModelVersion, StatedPreference
from analytics.operations.work_chunks import work_chunks
from analytics.tests.histories import score_everybody
from analytics.tests.shops import buys, crowd, stock
from analytics.tests.versions import segment
from customers.models import Customer, Team, User
from tests.browser.conftest import Visit, take

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]


@pytest.fixture
def shopper(north: Team, acme: Customer) -> Customer:
    """Acme bought two of three kinds of tea, which ten others bought together; most bought a hammer."""
    stock()
    people = crowd(north)
    buys(acme, "Green tea", "Black tea")
    buys(people[0], "Hammer")
    score_everybody()
    return acme


def test_the_tab_says_why_and_takes_what_they_say(
    log_in: LogIn, go: Visit, look: str, ann: User, shopper: Customer
) -> None:
    log_in(ann)
    page = go(reverse("admin:customers_customer_page", args=[shopper.pk]))
    page.get_by_role("navigation", name="Pages of this customer").get_by_role("link", name="Preferences").click()
    first = page.locator("#next > ol > li").first
    expect(first).to_contain_text("Tea pot")
    expect(first).to_contain_text("Goes with: ")
    expect(first).to_contain_text("goes with what they bought")
    expect(page.locator("#again")).to_contain_text("Green tea")
    expect(page.locator("#categories > ol > li").first).to_contain_text("buys more of it than others do")
    take(page, "preferences-tab", look)

    # a product that is not there is refused, and what was typed stays
    form = page.locator("#state")
    form.get_by_label("Does not want it").check()
    form.get_by_label("or product").fill("Tea spot")
    form.get_by_label("Where").fill("Visit in May")
    form.get_by_role("button", name="Put on record").click()
    expect(form.get_by_text("There is no product with this SKU or name.")).to_be_visible()
    expect(form.get_by_label("Where")).to_have_value("Visit in May")
    form.get_by_label("or product").fill("tea pot")
    form.get_by_role("button", name="Put on record").click()
    expect(page.get_by_text("On record: Does not want it: Tea pot.")).to_be_visible()
    expect(page.locator("#said")).to_contain_text("Visit in May")
    expect(page.get_by_text("the profile is being made anew")).to_be_visible()
    assert StatedPreference.objects.get().recorded_by == ann

    score_everybody(at=timezone.now())  # as of the day on which it was said
    page.reload()
    expect(page.locator("#said")).to_contain_text("Tea pot")
    expect(page.locator("#next")).not_to_contain_text("Tea pot")
    take(page, "preferences-said", look)


def test_weights_are_previewed_activated_and_rolled_back(
    log_in: LogIn, go: Visit, look: str, root: User, shopper: Customer
) -> None:
    segment("Firms", "kind", "is", "organisation")
    log_in(root)
    page = go(reverse("admin:analytics_preferencemodelversion_add"))
    page.get_by_label("Label").fill("What many buy")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Version 2 What many buy")).to_be_visible()
    take(page, "preference-draft", look)

    # a segment with weights of its own
    page.get_by_role("link", name="Add an override").click()
    page.get_by_label("Segment").select_option("Firms")
    for name in ("Affinity", "Category lift", "Price fit"):
        page.get_by_label(name).fill("0")
    page.get_by_label("Popularity").fill("5")
    take(page, "preference-override", look)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#overrides")).to_contain_text("Weights: affinity 0 instead of 1")

    page.get_by_role("button", name="Preview", exact=True).click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("against version 1")
    expect(preview.get_by_role("row", name=re.compile("Tea pot"))).to_contain_text("−1")
    mover = preview.locator("li", has=page.get_by_role("link", name=shopper.name))
    expect(mover).to_contain_text("Tea pot → Hammer")
    expect(preview.get_by_role("row", name=re.compile("Firms")).first).to_contain_text("1 (100 %)")
    take(page, "preference-preview", look)
    mover.get_by_role("link", name=shopper.name).click()
    expect(page.locator("#next > ol > li").first).to_contain_text("Tea pot")  # a look changes nothing

    draft = PreferenceModelVersion.objects.get(state="draft")
    page = go(reverse("admin:analytics_preferencemodelversion_change", args=[draft.pk]))
    page.get_by_role("link", name=re.compile("Activate")).click()
    expect(page.get_by_text("another product may be wanted next for")).to_be_visible()
    take(page, "preference-activate", look)
    page.get_by_role("button", name="Yes, activate it").click()
    expect(page.get_by_text("Version 2 is in force.")).to_be_visible()
    list(work_chunks(clock=timezone.now))
    page = go(reverse("admin:customers_customer_preferences", args=[shopper.pk]))
    expect(page.locator("#next > ol > li").first).to_contain_text("Hammer")

    page = go(reverse("admin:analytics_preferencemodelversion_change", args=[draft.pk]))
    page.get_by_role("link", name=re.compile("Roll back to version 1")).click()
    page.get_by_role("button", name="Yes, roll back").click()
    expect(page.get_by_text("Version 1 is in force.")).to_be_visible()
    list(work_chunks(clock=timezone.now))
    page = go(reverse("admin:customers_customer_preferences", args=[shopper.pk]))
    expect(page.locator("#next > ol > li").first).to_contain_text("Tea pot")
