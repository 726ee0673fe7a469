"""A customer in the portal, from the link in a mail to the rating; and a form in a page of another site."""

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer, User
from customers.operations.add_contact_point import add_contact_point
from services.models import Message, OutboundMail, Queue, SatisfactionRating, Ticket, WebForm
from services.operations.open_ticket import open_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.write_web_form import write_web_form
from services.tests.operations.mails import a_mailbox
from tests.browser.conftest import settle, take

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Visit = Callable[[str], Page]


@pytest.fixture
def ticket(acme: Customer, queue: Queue, ann: User, live_server: LiveServer, settings: Any) -> Ticket:
    """Acme asked by the web form, and Ann answered."""
    settings.PUBLIC_URL = live_server.url
    at = timezone.now()
    add_contact_point(customer=acme, kind="email", value="boss@example.org", at=at)
    a_mailbox(queue, sends=True)
    row = open_ticket(customer=acme, subject="Pump leaks", queue=queue, by=None, at=at, body="Water everywhere.")
    reply_to_ticket(ticket=row, body="Is the valve shut?", by=ann, at=at)
    return row


def test_link_by_mail_then_reply_solve_and_rate(visit: Visit, page: Page, ticket: Ticket, look: str) -> None:
    link = re.search(r"https?://\S+/my/tickets/\S+", str(OutboundMail.objects.get(purpose="reply").body))
    assert link is not None
    page.goto(link[0])  # nobody is logged in
    page.get_by_label("Your e-mail address").fill("boss@example.org")
    take(page, "my-login", look)
    page.get_by_role("button", name="Send me the link").click()
    page.get_by_role("heading", name="Look into your mail").wait_for()
    mail = OutboundMail.objects.get(purpose="magic_link")
    page.goto(re.search(r"https?://\S+/my/link/\S+", str(mail.body))[0])  # type: ignore[index]
    take(page, "my-link", look)
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("Is the valve shut?").wait_for()  # where they wanted to go
    take(page, "my-ticket", look)
    page.get_by_label("Your answer").fill("It is, and it still leaks.")
    page.locator("#files").set_input_files({"name": "leak.txt", "mimeType": "text/plain", "buffer": b"Look here."})
    page.locator("#answer").get_by_role("button", name="Send").click()
    page.get_by_text("Thank you. We have your answer.").wait_for()
    said = Message.objects.get(body="It is, and it still leaks.")
    assert said.ticket == ticket and said.attachments.count() == 1
    page.get_by_role("button", name="Mark as solved").click()
    page.get_by_role("heading", name="How was our help?").wait_for()
    take(page, "my-ticket-solved", look)
    page.get_by_role("button", name="Good", exact=True).click()
    page.get_by_role("heading", name="You answered 4 of 5: Good.").wait_for()
    assert SatisfactionRating.objects.get().value == 4
    visit("/my/")
    expect(page.get_by_text("Solved")).to_be_visible()
    page.get_by_role("link", name="New ticket").click()
    page.get_by_label("Subject").wait_for()
    take(page, "my-new", look)
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("Your e-mail address").wait_for()


class Site(BaseHTTPRequestHandler):
    """The company's own web site, whose page has the snippet in it."""

    def __init__(self, script: str, *args: Any) -> None:
        self.script = script
        super().__init__(*args)

    def do_GET(self) -> None:
        head = '<!doctype html><html lang="en"><title>Site</title>'
        body = f'{head}<h1>Us</h1><script src="{self.script}"></script>'.encode()
        found = self.path == "/"
        self.send_response(200 if found else 204)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        if found:
            self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def form(queue: Queue) -> WebForm:
    given = {"name": "Contact", "slug": "contact", "queue": queue, "title": "Write to us"}
    return write_web_form(form=WebForm(), changes=given, at=timezone.now())


@pytest.fixture
def site(live_server: LiveServer, form: WebForm) -> Iterator[str]:
    """The address of another site, as a browser sees it."""
    handler: Any = partial(Site, f"{live_server.url}/forms/contact/embed.js")
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_in_a_page_of_an_allowed_site_the_form_works(page: Page, form: WebForm, site: str, look: str) -> None:
    write_web_form(form=form, changes={"origins": [site]}, at=timezone.now())
    page.goto(site)
    frame = page.frame_locator("iframe")
    frame.get_by_label("Your name").fill("Li Na")
    frame.get_by_label("Your e-mail address").fill("li@example.org")
    frame.get_by_label("Subject").fill("Pump leaks")
    frame.get_by_label("How can we help?").fill("Water everywhere.")
    settle(page)
    take(page, "form-embedded", look)
    page.wait_for_timeout(3000)  # whoever is quicker is taken for a robot
    frame.get_by_role("button", name="Send").click()
    frame.get_by_role("heading", name="Thank you").wait_for()
    assert frame.get_by_text(Ticket.objects.get().number).count() == 1
    take(page, "form-embedded-sent", look)


def test_in_a_page_of_another_site_it_is_not_shown(
    page: Page, form: WebForm, site: str, look: str, forgiven: list[str]
) -> None:
    forgiven += ["frame-ancestors", "X-Frame-Options", "ERR_BLOCKED"]
    write_web_form(form=form, changes={"origins": ["https://www.example.com"]}, at=timezone.now())
    page.goto(site)
    page.locator("iframe").wait_for()
    settle(page)
    expect(page.frame_locator("iframe").get_by_label("Your name")).to_have_count(0)


def test_its_own_page_and_what_is_wrong(
    visit: Visit, page: Page, form: WebForm, look: str, forgiven: list[str]
) -> None:
    forgiven.append("422")
    visit("/forms/contact/")
    page.get_by_label("Your name").fill("Li Na")
    page.get_by_label("Your e-mail address").fill("li@example")
    page.get_by_label("Subject").fill("Pump leaks")
    page.get_by_label("How can we help?").fill("Water everywhere.")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Enter a valid email address.").wait_for()
    assert page.get_by_label("How can we help?").input_value() == "Water everywhere."
    take(page, "form-wrong", look)


def test_in_the_admin_a_form_shows_its_snippet_and_how_it_looks(
    visit: Visit, page: Page, form: WebForm, log_in: Callable[[User], None], root: User, look: str
) -> None:
    write_web_form(form=form, changes={"origins": ["https://www.example.com"]}, at=timezone.now())
    log_in(root)
    visit(f"/admin/services/webform/{form.pk}/change/")
    expect(page.get_by_label("Snippet for the page")).to_have_value(re.compile("/forms/contact/embed.js"))
    preview = page.frame_locator("iframe[title='How it looks']")
    page.locator("iframe[title='How it looks']").scroll_into_view_if_needed()
    preview.get_by_role("heading", name="Write to us").wait_for()
    take(page, "webform-change", look)
    visit("/admin/services/webform/")
    visit("/admin/services/webformsubmission/")
    visit("/admin/services/portalsession/")
