"""The score model changed in a real browser: drafted, previewed, activated, and taken back."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from analytics.models import CustomerScore, ScoreModelVersion
from analytics.operations.work_chunks import work_chunks
from analytics.tests.versions import british
from customers.models import Customer, User
from tests.browser.conftest import Visit, settle, take

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]


def settled(page: Page, name: str, look: str) -> Page:
    settle(page)
    take(page, name, look)
    return page


def test_a_version_is_drafted_previewed_activated_and_rolled_back(
    log_in: LogIn, visit: Visit, look: str, root: User, fallen: Customer
) -> None:
    before = CustomerScore.objects.get(pk=fallen.pk)
    british()
    log_in(root)
    page = visit(reverse("admin:analytics_scoremodelversion_changelist"))
    page.goto(page.url.split("/admin/")[0] + reverse("admin:analytics_scoremodelversion_add"))

    # a number that cannot be is refused in words, and what was typed stays
    page.get_by_label("Quality: weight").fill("99")
    page.get_by_label("Label").fill("Quality counts more")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Give a number from 0 to 10.")).to_be_visible()
    page.get_by_label("Quality: weight").fill("3")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Version 2 Quality counts more")).to_be_visible()
    draft = ScoreModelVersion.objects.get(state="draft")
    assert draft.parameters["quality"]["exponent"] == 3.0
    settled(page, "version-draft", look)

    # a segment with parameters of its own
    page.get_by_role("link", name="Add an override").click()
    page.get_by_label("Segment").select_option("British")
    page.get_by_label("Price: weight").fill("-2")
    settled(page, "version-override", look)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#overrides")).to_contain_text("1. British")
    expect(page.locator("#overrides")).to_contain_text("weight -2 instead of -1")

    page.get_by_role("button", name="Preview", exact=True).click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("against version 1")
    expect(preview.get_by_role("link", name="Acme Pumps")).to_be_visible()
    expect(preview).to_contain_text("By override")
    assert CustomerScore.objects.get(pk=fallen.pk).score == before.score  # a look changes nothing
    settled(page, "version-preview", look)

    page.get_by_role("link", name=re.compile("Activate")).click()
    expect(page.get_by_role("heading", name="Put version 2 in force?")).to_be_visible()
    settled(page, "version-activate", look)
    page.get_by_role("button", name="Yes, activate it").click()
    expect(page.get_by_text("Version 2 is in force.")).to_be_visible()
    list(work_chunks(clock=timezone.now))
    after = CustomerScore.objects.get(pk=fallen.pk)
    assert (after.version, after.override) == (draft, 1)
    assert after.score < before.score - 5  # bad ratings count three times

    customer = visit(reverse("admin:customers_customer_page", args=[fallen.pk]))
    expect(customer.get_by_text("version 2 of the model Quality counts more")).to_be_visible()
    expect(customer.get_by_text("with its parameters for “British”")).to_be_visible()

    page = visit(reverse("admin:analytics_scoremodelversion_change", args=[draft.pk]))
    page.get_by_role("link", name=re.compile("Roll back to version 1")).click()
    page.get_by_role("button", name="Yes, roll back").click()
    expect(page.get_by_text("Version 1 is in force.")).to_be_visible()
    list(work_chunks(clock=timezone.now))
    back = CustomerScore.objects.get(pk=fallen.pk)
    assert (back.version, back.override) == (before.version, 0)
    assert back.score > after.score
    expect(page.get_by_text("Rolled back to")).to_be_visible()
    settled(page, "version-rolled-back", look)
