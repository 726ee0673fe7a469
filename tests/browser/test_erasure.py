"""An erasure in a real browser: one asks, looks at the preview, a second person approves, and the page shows the
tombstone and the proof."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from customers.choices import RetentionKind
from customers.models import Customer, RetentionRule, Team, User
from customers.operations.work_jobs import work_jobs
from services.models import Queue
from tests.browser.conftest import Visit, take
from tests.cast import make_user
from tests.privacy.lives import NAME, lead_a_life

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]


@pytest.fixture
def life(wang: Customer, acme: Customer, queue: Queue, ann: User, settings: Any, tmp_path: Path) -> Customer:
    """Zhang Wei, with a history in every room."""
    settings.VAR_DIR = tmp_path
    lead_a_life(wang, acme, queue, ann)
    return wang


def test_one_asks_and_another_erases(
    log_in: LogIn, visit: Visit, page: Page, live_server: LiveServer, look: str, bob: User, north: Team, life: Customer
) -> None:
    ada = make_user("ada", north, role="Administrator")
    log_in(bob)
    visit(reverse("admin:customers_customer_privacy", args=[life.pk]))
    page.get_by_label("Reason").last.fill("By letter of today")
    page.get_by_role("button", name="Ask for erasure …").click()
    expect(page.get_by_role("heading", name=f"Erasure of {NAME}")).to_be_visible()
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    expect(page.get_by_role("button", name="Approve and erase")).to_have_count(0)
    take(page, "erasure-asked", look)
    address = page.url

    page.context.clear_cookies()
    log_in(ada)
    page.goto(address)
    take(page, "erasure-decide", look)
    page.get_by_role("button", name="Approve and erase").click()
    expect(page.get_by_text("The person was erased.")).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing of the person was found again")).to_be_visible()
    take(page, "erasure-proof", look)

    visit(reverse("admin:customers_customer_page", args=[life.pk]))
    expect(page.get_by_text("This person was erased on").first).to_be_visible()
    expect(page.locator("#identity h2")).to_have_text(f"[erased] #{life.pk}")
    expect(page.get_by_text(NAME)).to_have_count(0)
    take(page, "erasure-tombstone", look)
    assert Customer.objects.get(pk=life.pk).erased_at is not None


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_a_restriction_is_put_on_and_shown(
    log_in: LogIn, visit: Visit, page: Page, look: str, ann: User, life: Customer
) -> None:
    log_in(ann)
    visit(reverse("admin:customers_customer_privacy", args=[life.pk]))
    page.locator("summary", has_text="Put on record").first.click()
    page.get_by_label("Reason").first.fill("Disputes the address")
    page.get_by_role("button", name="Put on record").first.click()
    expect(page.get_by_text("On record: Restriction of processing.")).to_be_visible()
    expect(page.get_by_text("processing restricted").first).to_be_visible()
    take(page, "privacy-restricted", look)


def test_register_and_retention_are_looked_at(
    log_in: LogIn, visit: Visit, page: Page, look: str, north: Team, life: Customer
) -> None:
    log_in(make_user("ada", north, role="Administrator"))
    visit(reverse("admin:data_register"))
    expect(page.get_by_text("What each column holds of a person")).to_be_visible()
    visit(reverse("admin:data_register") + "?pii=direct")
    expect(page.get_by_text("replaced by a tombstone").first).to_be_visible()
    take(page, "register-direct", look)
    visit(reverse("admin:customers_retentionrule_changelist"))
    rule = RetentionRule.objects.get(kind=RetentionKind.INTERACTIONS)
    visit(reverse("admin:customers_retentionrule_change", args=[rule.pk]))
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_text("Waits for a worker")).to_be_visible()
    list(work_jobs(clock=timezone.now))
    page.reload()
    expect(page.get_by_text("Found", exact=True)).to_be_visible()
    take(page, "retention-run", look)
    visit(reverse("admin:customers_retentionrun_changelist"))
