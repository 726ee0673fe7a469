"""What customers see, by keyboard: portal, help centre and chat."""

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer
from customers.operations.add_contact_point import add_contact_point
from services.models import ChatWidget, Message, OutboundMail, Queue, Ticket
from services.tests.operations.articles import PUMP, an_article
from services.tests.operations.mails import a_mailbox
from tests.browser.conftest import Visit
from tests.browser.keys import focus, tab_to
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
    assert {"Water everywhere.", "And more of it."} <= {*Message.objects.values_list("body", flat=True)}


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
