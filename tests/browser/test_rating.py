"""A customer rates a ticket: in a browser of their own, without logging in, with and without scripts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer, User
from customers.operations.add_contact_point import add_contact_point
from services.models import Agent, AssignmentRule, Queue, RatingRequest, SatisfactionRating, Ticket
from services.operations.open_ticket import open_ticket
from services.operations.rating_links import link_of, token_of
from services.operations.solve_ticket import solve_ticket
from tests.browser.conftest import LOOKS, take
from tests.cast import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def asked(acme: Customer, queue: Queue, ann: User, live_server: LiveServer, settings: Any) -> RatingRequest:
    """Acme was asked how Ann helped."""
    settings.PUBLIC_URL = live_server.url
    at = timezone.now()
    add_contact_point(customer=acme, kind="email", value="boss@example.org", at=at)
    ticket = open_ticket(
        customer=acme, subject="Pump leaks", queue=queue, by=None, at=at, body="Help!", assignee=ann.agent
    )
    solve_ticket(ticket=ticket, by=ann, at=at)
    return ticket.rating_requests.get()


@pytest.fixture
def open_as_customer(browser: Browser, look: str) -> Iterator[Callable[..., Page]]:
    """A page in a context of its own: no cookie, no log-in; it counts what it asks other hosts for."""
    contexts = []
    wrong: list[str] = []

    def open_(path: str, *, scripts: bool) -> Page:
        context = browser.new_context(**LOOKS[look], java_script_enabled=scripts)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on(
            "request", lambda sent: None if sent.url.startswith(path.split("/rate/")[0]) else wrong.append(sent.url)
        )
        page.goto(path)
        return page

    yield open_
    cookies = [cookie for context in contexts for cookie in context.cookies()]
    for context in contexts:
        context.close()
    assert not wrong, wrong
    assert not cookies, cookies


def values() -> list[int]:
    return list(SatisfactionRating.objects.filter(replaced_by=None).values_list("value", flat=True))


def test_without_scripts_one_button_is_the_answer(
    open_as_customer: Callable[..., Page], asked: RatingRequest, look: str
) -> None:
    page = open_as_customer(link_of(asked, value=4), scripts=False)
    assert page.locator(".is-chosen").get_attribute("value") == "4"
    assert values() == []  # looking records nothing
    page.get_by_label("Do you want to say more?").fill("Came the same day.")
    page.locator(".face--4").click()
    page.get_by_text("You answered 4 of 5: Good.").wait_for()
    assert values() == [4] and SatisfactionRating.objects.get().comment == "Came the same day."
    page.locator(".face--2").click()
    page.get_by_text("You answered 2 of 5: Poor.").wait_for()
    assert values() == [2]
    page.get_by_label("Do you want to say more?").fill("It leaks again.")
    page.get_by_role("button", name="Send the comment").click()
    page.wait_for_load_state()
    assert values() == [2] and SatisfactionRating.objects.get(replaced_by=None).comment == "It leaks again."


def test_with_scripts_the_click_in_the_message_is_all(
    open_as_customer: Callable[..., Page], asked: RatingRequest, look: str
) -> None:
    page = open_as_customer(link_of(asked, value=5), scripts=True)
    page.get_by_text("You answered 5 of 5: Very good.").wait_for()
    assert values() == [5]
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= LOOKS[look]["viewport"]["width"]  # type: ignore[index]
    take(page, "rate-thanks", look)
    page.goto(link_of(asked))
    page.locator(".face--1").click()
    page.get_by_text("You answered 1 of 5: Very poor.").wait_for()
    assert values() == [1]


def test_in_chinese_and_where_the_link_is_over(
    open_as_customer: Callable[..., Page], asked: RatingRequest, look: str
) -> None:
    Customer.objects.update(language="zh")
    page = open_as_customer(link_of(asked), scripts=True)
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    take(page, "rate-zh", look)
    Customer.objects.update(language="en")
    page.reload()
    take(page, "rate", look)


def test_the_agent_sees_the_answer_and_why_they_were_chosen(
    page: Page,
    log_in: Callable[[User], None],
    visit: Callable[[str], Page],
    open_as_customer: Callable[..., Page],
    asked: RatingRequest,
    ann: User,
    queue: Queue,
    acme: Customer,
    root: User,
) -> None:
    customer = open_as_customer(link_of(asked), scripts=False)
    customer.locator(".face--3").click()
    customer.get_by_text("You answered 3 of 5").wait_for()
    bea = Agent.objects.create(user=make_user("bea", queue.team, role="Agent"), name="Bea", capacity=0)
    AssignmentRule.objects.create(name="North", queue=queue)
    ticket = open_ticket(customer=acme, subject="New pump", queue=queue, by=None, at=timezone.now(), body="Please")
    log_in(root)
    visit(f"/admin/services/ticket/{ticket.pk}/change/")
    page.get_by_text("Assigned to Ann by the rule “North”").wait_for()
    page.get_by_text("Why?").click()
    page.get_by_text("Bea: has no room: 0 of 0 tickets").wait_for()
    visit(f"/admin/services/ticket/{asked.ticket_id}/change/")
    assert page.locator(".desk-link input").input_value().endswith(f"/rate/{token_of(asked)}/")
    visit("/admin/services/assignmentrule/")
    page.get_by_label("Try the rules on ticket").fill(Ticket.objects.get(pk=ticket.pk).number)
    page.get_by_role("button", name="Who would get it?").click()
    page.get_by_text("decides, and finds nobody").wait_for()
    visit(f"/admin/services/assignmentrule/try/?ticket={ticket.number}")
    visit(f"/admin/services/agent/{bea.pk}/away/")
    visit("/admin/services/agent/")
    visit("/admin/services/satisfactionrating/")
    page.get_by_text("Response rate: 100 %").wait_for()
