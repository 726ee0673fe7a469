"""A visitor of a web site and an agent at the desk talk, each in a browser of their own."""

import http.server
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import User
from services.models import Calendar, ChatSession, ChatWidget, Message, Queue, Ticket
from services.operations.write_chat_widget import write_chat_widget
from tests.browser.conftest import LOOKS, take
from tests.cast import NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PATIENCE = 20_000  # ms, on a machine that is busy
SITE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Shop</title>
<body><h1>Pumps</h1>%s</body></html>"""


class Site:
    """A web site of somebody else's."""

    def __init__(self) -> None:
        self.text = ""
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write((SITE % site.text).encode())

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def site() -> Iterator[Site]:
    one = Site()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def widget(queue: Queue, site: Site, live_server: LiveServer) -> ChatWidget:
    """It may stand on the site, and is open at all hours."""
    always = Calendar.objects.create(
        name="Always", time_zone="UTC", hours={str(day): [["00:00", "24:00"]] for day in range(7)}
    )
    given = {"name": "Shop", "queue": queue, "calendar": always, "origins": [site.url]}
    widget = write_chat_widget(widget=ChatWidget(), changes=given, at=NOW)
    site.text = f'<script src="{live_server.url}/chat/{widget.key}/widget.js" async></script>'
    return widget


@pytest.fixture
def visitor(browser: Browser, look: str) -> Iterator[Page]:
    """A page in a context of its own."""
    context = browser.new_context(**LOOKS[look], locale="en-GB")  # type: ignore[arg-type]
    wrong: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert not wrong, wrong


def chat(visitor: Page) -> FrameLocator:
    return visitor.frame_locator("iframe")


def write(visitor: Page, text: str) -> None:
    box = chat(visitor).get_by_label("Your message")
    box.fill(text)
    box.press("Enter")


def type_until_seen(page: Page, visitor: Page, text: str) -> None:
    """Whoever writes a reply strikes a key now and then: it is told for some seconds."""
    typing = chat(visitor).get_by_text("Somebody is typing")
    for _ in range(8):
        page.locator(".dk-box textarea").first.fill(text)
        with suppress(AssertionError):
            expect(typing).to_be_visible(timeout=5000)
            return
    expect(typing).to_be_visible()


def test_they_talk_both_ways_and_a_reload_keeps_it(
    visitor: Page, site: Site, widget: ChatWidget, page: Page, log_in: Callable[[User], None], go: Any, ann: User,
    look: str,
) -> None:  # fmt: skip
    visitor.goto(site.url)
    visitor.get_by_role("button", name="Chat with us").click()
    chat(visitor).get_by_label("Your name").fill("Jo Visitor")
    write(visitor, "My pump leaks")
    expect(chat(visitor).get_by_text(re.compile("· Sent$")).first).to_be_visible(timeout=PATIENCE)
    log_in(ann)
    expect(page.get_by_text("New chat")).to_be_visible(timeout=PATIENCE)
    ticket = Ticket.objects.get()
    page.get_by_role("link", name="Open the chat").click()
    expect(page.get_by_text("The visitor is in the chat")).to_be_visible(timeout=PATIENCE)
    type_until_seen(page, visitor, "Which one?")
    page.locator(".dk-box").first.get_by_role("button", name="Send", exact=True).click()
    expect(chat(visitor).get_by_text("Which one?")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Read in the chat")).to_be_visible(timeout=PATIENCE)
    write(visitor, "The old one")
    expect(page.locator(".desk-said", has_text="The old one")).to_be_visible(timeout=PATIENCE)
    take(visitor, "chat", look)
    visitor.reload()
    for text in ("My pump leaks", "Which one?", "The old one"):
        expect(chat(visitor).get_by_text(text)).to_have_count(1, timeout=PATIENCE)
    assert Ticket.objects.get() == ticket and ticket.customer.name == "Jo Visitor"
    assert Message.objects.count() == 3
    chat(visitor).get_by_role("button", name="End the chat").click()
    expect(chat(visitor).get_by_text("You ended this chat.")).to_be_visible(timeout=PATIENCE)
    assert ChatSession.objects.get().page == f"{site.url}/"


def test_what_is_written_without_a_connection_is_sent_when_it_is_back(
    visitor: Page, site: Site, widget: ChatWidget, look: str
) -> None:
    visitor.goto(site.url)
    visitor.get_by_role("button", name="Chat with us").click()
    expect(chat(visitor).get_by_label("Your message")).to_be_visible(timeout=PATIENCE)
    visitor.context.route("**/chat/*/*", lambda route: route.abort())
    write(visitor, "Anybody there?")
    expect(chat(visitor).get_by_text("No connection.")).to_be_visible(timeout=PATIENCE)
    assert not Message.objects.exists()
    visitor.context.unroute("**/chat/*/*")
    expect(chat(visitor).get_by_text("No connection.")).to_be_hidden(timeout=PATIENCE)
    expect(chat(visitor).get_by_text(re.compile("· Sent$")).first).to_be_visible(timeout=PATIENCE)
    assert Message.objects.get().body == "Anybody there?"


@pytest.mark.parametrize("look", ["light"], indirect=True)
def test_on_another_site_it_is_refused(
    visitor: Page, site: Site, widget: ChatWidget, live_server: LiveServer, look: str
) -> None:
    ChatWidget.objects.update(origins=["https://www.example.com"])
    visitor.goto(site.url)
    visitor.wait_for_load_state("networkidle")
    expect(visitor.get_by_role("button", name="Chat with us")).to_have_count(0)
    refused: list[str] = []
    visitor.on("console", lambda said: refused.append(said.text) if "frame-ancestors" in said.text else None)
    site.text = f'<iframe src="{live_server.url}/chat/{widget.key}/"></iframe>'
    visitor.goto(site.url)
    visitor.wait_for_load_state("networkidle")
    expect(chat(visitor).get_by_label("Your message")).to_have_count(0)
    assert refused


def test_the_page_of_a_widget_shows_what_to_copy_and_how_it_looks(
    page: Page, log_in: Callable[[User], None], visit: Callable[[str], Page], widget: ChatWidget, root: User, look: str
) -> None:
    log_in(root)
    visit(f"/admin/services/chatwidget/{widget.pk}/change/")
    assert "/widget.js" in page.get_by_label("The line to copy").input_value()
    look_at = page.frame_locator(".ch-look")
    look_at.get_by_label("Your message").fill("Hello")
    look_at.get_by_label("Your message").press("Enter")
    expect(look_at.get_by_text("This is a preview: nothing is sent.")).to_be_visible(timeout=PATIENCE)
    assert not ChatSession.objects.exists()
