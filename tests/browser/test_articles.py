"""The knowledge base in a browser: a customer searches, reads and votes; an agent puts an article into the reply."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer, User
from services.models import ArticleVote, Queue
from services.operations.open_ticket import open_ticket
from services.tests.operations.articles import CHINESE_PUMP, PUMP, an_article
from tests.browser.conftest import PICTURES, Visit, settle, take

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ONE_LOOK = pytest.mark.parametrize("look", ["light"], indirect=True)


def test_a_customer_searches_reads_and_votes(visit: Visit, page: Page, look: str) -> None:
    an_article(slug="leaks", texts={"en": PUMP, "zh-hans": CHINESE_PUMP})
    an_article("Opening hours", "Every day.")
    visit("/help/")
    page.get_by_role("searchbox").fill("leaking pumps")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="The pump leaks").click()
    expect(page.get_by_role("heading", name="The pump leaks")).to_be_visible()
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_label("What was missing?").fill("Which valve?")
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_label("What was missing?")).to_have_value("Which valve?")
    take(page, "help-voted", look)
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.get_by_role("button", name="Yes", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="水泵漏水")).to_be_visible()
    take(page, "help-chinese", look)
    (vote,) = ArticleVote.objects.all()
    assert (vote.is_helpful, vote.comment) == (True, "Which valve?")


@ONE_LOOK
def test_an_agent_puts_an_article_into_the_reply(
    go: Visit,
    page: Page,
    log_in: Callable[[User], None],
    acme: Customer,
    queue: Queue,
    ann: User,
    live_server: LiveServer,
    settings: Any,
    look: str,
) -> None:
    settings.PUBLIC_URL = live_server.url
    page.set_viewport_size({"width": 1800, "height": 900})
    at = timezone.now()
    an_article(slug="leaks", at=at)
    an_article("Opening hours", "Every day from nine.", at=at)
    an_article("Discounts", "Up to ten per cent.", audience="internal", at=at)
    ticket = open_ticket(customer=acme, subject="The pump leaks", queue=queue, by=None, at=at, body="Help!")
    log_in(ann)
    go(f"/admin/desk/?ticket={ticket.pk}")
    panel, reply = page.locator(".dk-articles"), page.get_by_label("Reply to the customer")
    panel.get_by_role("button", name="Insert the link").click()
    expect(reply).to_have_value(f"The pump leaks: {live_server.url}/help/leaks/")
    panel.get_by_role("searchbox").fill("opening")
    expect(panel.get_by_role("link", name="Opening hours")).to_be_visible()
    panel.get_by_role("button", name="Insert the text").click()
    expect(reply).to_have_value(f"The pump leaks: {live_server.url}/help/leaks/\n\nEvery day from nine.")
    panel.get_by_role("searchbox").fill("discount")
    panel.get_by_role("button", name="Text into a note").click()
    expect(page.get_by_label("Internal note", exact=True)).to_have_value("Up to ten per cent.")
    settle(page)
    page.screenshot(path=PICTURES / "desk-articles.png")


@ONE_LOOK
def test_an_author_sees_how_both_languages_read(
    go: Visit, page: Page, log_in: Callable[[User], None], bob: User, look: str
) -> None:
    log_in(bob)
    go("/admin/services/knowledgearticle/add/")
    page.get_by_label("Title, English").fill("The pump leaks")
    page.get_by_label("Text, English").fill("Close the **valve**.")
    page.get_by_label("Title, Simplified Chinese").fill("水泵漏水")
    page.get_by_label("Text, Simplified Chinese").fill("1. 关闭阀门")
    expect(page.locator(".ar-preview strong")).to_have_text("valve")
    expect(page.locator(".ar-preview ol li")).to_have_text("关闭阀门")
    expect(page.locator("[data-article-title=zh-hans]")).to_have_text("水泵漏水")
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("link", name="See the page")).to_be_visible()
