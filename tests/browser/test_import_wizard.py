"""The import wizard in a real browser: a list with an unknown column comes in, is looked at, and is undone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import FilePayload, Page, expect

from customers.models import Customer, ImportBatch, ImportMapping, User
from customers.operations.work_jobs import work_jobs
from tests.browser.conftest import Visit, take
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]
CSV = """id;Name;E-mail;Fav. colour;Member since
17;Ana Lima;ana@example.com;red;03/04/2024
18;王芳;wang@example.cn;blue;05/06/2023
19;;nobody@example.com;red;
"""


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def work() -> None:
    """Be the worker: the page then finds out by itself."""
    list(work_jobs(clock=lambda: NOW))


def choose(page: Page, column: str, word: str) -> None:
    """Map a column by keyboard alone."""
    button = page.get_by_role("button", name=f"{column} becomes")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.type(word)
    with page.expect_response(lambda response: response.url.endswith("/map/")):
        page.keyboard.press("Enter")


def test_a_list_comes_in_and_goes_again(log_in: LogIn, visit: Visit, bob: User, look: str) -> None:
    log_in(bob)
    page = visit(reverse("admin:customers_importbatch_changelist"))
    page.goto(page.url + "add/")
    take(page, "import-1-files", look)
    page.set_input_files("input[type=file]", FilePayload(name="people.csv", mimeType="text/csv", buffer=CSV.encode()))
    expect(page.get_by_text("people.csv · 1 KB")).to_be_visible()
    page.get_by_role("button", name="Look at the files").click()

    expect(page.get_by_role("button", name="Fav. colour becomes New attribute")).to_be_visible()
    choose(page, "Fav. colour", "tags")
    expect(page.get_by_role("button", name="Fav. colour becomes Tags")).to_be_focused()
    choose(page, "Member since", "created")
    page.get_by_label("Day first").check()
    page.get_by_label("Keep this mapping").fill("Members")
    take(page, "import-2-columns", look)
    page.get_by_role("button", name="Check the files").click()

    expect(page.get_by_text("Waits for a worker")).to_be_visible()
    take(page, "import-3-at-work", look)
    work()
    expect(page.get_by_text("Nothing is imported yet")).to_be_visible()
    expect(page.get_by_text("name: is missing")).to_be_visible()
    take(page, "import-3-checked", look)
    assert not Customer.objects.exists()
    page.get_by_role("button", name="Import now").click()
    expect(page.get_by_text("Waits for a worker")).to_be_visible()
    work()
    expect(page.get_by_text("Undo this import")).to_be_visible()
    take(page, "import-4-done", look)
    assert ImportMapping.objects.get().name == "Members"

    ana = Customer.objects.get(name="Ana Lima")
    assert (ana.created_at.month, [tag.name for tag in ana.tags.all()]) == (4, ["red"])
    page = visit(reverse("admin:customers_customer_page", args=[ana.pk]))
    expect(page.get_by_text("ana@example.com").first).to_be_visible()

    batch = ImportBatch.objects.get()
    page = visit(reverse("admin:customers_importbatch_undo", args=[batch.pk]))
    page.get_by_role("button", name="Undo the import").click()
    work()
    expect(page.locator(".cd-chip").get_by_text("Undone")).to_be_visible()
    assert not Customer.objects.exists()
