"""The agents' desk in a real browser: a morning at it, a colleague who looks on, a phone, a broken network."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import APIResponse, Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer, Team, User
from customers.operations.add_contact_point import add_contact_point
from services.choices import Direction, MessageKind, TicketStatus
from services.models import Agent, Attachment, Draft, Macro, Message, Queue, Ticket
from services.operations.assign_ticket import assign_ticket
from services.operations.open_ticket import open_ticket
from services.operations.rating_links import link_of
from services.operations.receive_message import receive_message
from services.operations.write_macro import write_macro
from tests.browser.conftest import LOOKS, Visit, take
from tests.cast import make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LogIn = Callable[[User], None]
DESK = "/admin/desk/"
ONE_LOOK = pytest.mark.parametrize("look", ["light"], indirect=True)


@pytest.fixture
def tickets(
    acme: Customer, wang: Customer, queue: Queue, ann: User, live_server: LiveServer, settings: Any, tmp_path: Path
) -> dict[str, Ticket]:
    """Three tickets, of which one is late; and a macro."""
    settings.VAR_DIR, settings.PUBLIC_URL = tmp_path, live_server.url
    now = timezone.now()
    add_contact_point(customer=wang, kind="email", value="wang@example.cn", at=now)

    def one(subject: str, days: float, customer: Customer = acme, **more: Any) -> Ticket:
        at = now - timedelta(days=days)
        return open_ticket(customer=customer, subject=subject, queue=queue, by=None, at=at, **more)

    made = {
        "late": one("The pump leaks", 30, body="Water is everywhere.", requester=wang, priority=3),
        "fresh": one("When do you open?", 0, body="On Saturday?", customer=wang),
        "mine": one("An invoice too many", 0.01, body="We paid twice."),
    }
    assign_ticket(ticket=made["mine"], to=ann.agent, by=None, at=now)
    changes = {
        "name": "We look into it",
        "body": "Dear {requester.name}, I look into {ticket.number}. {agent.name}",
        "takes_ticket": True,
        "priority": 4,
    }
    write_macro(macro=Macro(), changes=changes, by=None, at=now)
    return made


@pytest.fixture
def carla(north: Team) -> User:
    """A colleague of Ann's."""
    user = make_user("carla", north, role="Agent")
    Agent.objects.create(user=user, name="Carla")
    return user


@pytest.fixture
def second(browser: Any, live_server: LiveServer, carla: User) -> Iterator[Page]:
    """Carla's browser."""
    context = browser.new_context(viewport=LOOKS["light"]["viewport"], locale="en-GB")
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/login/")
    page.fill("#id_username", "carla")
    page.fill("#id_password", "correct horse")
    page.click("#login-form button[type=submit]")
    page.wait_for_url(f"{live_server.url}/admin/")
    yield page
    context.close()


def row(page: Page, subject: str) -> Any:
    return page.locator(".dk-row", has_text=subject)


def reply_box(page: Page) -> Any:
    return page.get_by_label("Reply to the customer")


def note_box(page: Page) -> Any:
    return page.get_by_label("Internal note", exact=True)


def state(ticket: Ticket) -> tuple[Any, ...]:
    ticket.refresh_from_db()
    return ticket.status, ticket.priority, ticket.assignee


@pytest.fixture
def rate_as_customer(browser: Browser, look: str) -> Callable[[Ticket], None]:
    """The customer follows the link that they were sent, in a browser of their own, and is content."""

    def rate(ticket: Ticket) -> None:
        context = browser.new_context(**LOOKS[look])  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(link_of(ticket.rating_requests.get(), value=5))
        page.get_by_text("You answered 5 of 5: Very good.").wait_for()
        context.close()

    return rate


def test_a_morning_at_the_desk(
    log_in: LogIn,
    visit: Visit,
    look: str,
    ann: User,
    tickets: dict[str, Ticket],
    rate_as_customer: Callable[[Ticket], None],
) -> None:
    log_in(ann)
    page = visit(DESK)
    expect(row(page, "An invoice too many")).to_be_visible()
    take(page, "desk-list", look)
    page.get_by_role("button", name="Views").click() if look == "phone" else None
    page.get_by_role("link", name="Late now").click()
    row(page, "The pump leaks").click()
    expect(page.get_by_text("Water is everywhere.")).to_be_visible()
    expect(page.locator(".dk-clocks")).to_contain_text("late by")
    take(page, "desk-ticket", look)

    page.get_by_role("button", name="Macros").click()
    page.get_by_label("Search macros").fill("look")
    expect(page.get_by_text("The ticket becomes yours")).to_be_visible()
    expect(page.get_by_label("Text", exact=True)).to_have_value(f"Dear 王芳, I look into {tickets['late'].number}. Ann")
    take(page, "desk-macro", look)
    page.get_by_role("button", name="Send and apply").click()
    expect(page.locator(".desk-said--ours")).to_contain_text("I look into")
    assert state(tickets["late"]) == (TicketStatus.OPEN, 4, ann.agent)

    page.locator(".dk-tab--note").click()
    note_box(page).fill("He called twice already.")
    take(page, "desk-note", look)
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator(".desk-said--note")).to_contain_text("the customer never sees it")
    expect(note_box(page)).to_have_value("")

    page.locator(".dk-tab--reply").click()
    reply_box(page).fill("The seal is new: it is dry now.")
    page.get_by_role("button", name="Send and solve").click()
    expect(page.locator(".dk-head")).to_contain_text("Solved")
    expect(page.locator(".desk-said--ours", has_text="it is dry now")).to_be_visible()
    take(page, "desk-solved", look)
    assert state(tickets["late"])[0] == TicketStatus.SOLVED
    ours = Message.objects.filter(ticket=tickets["late"], author=ann).order_by("pk").values_list("kind", "direction")
    assert list(ours) == [
        (MessageKind.REPLY, Direction.OUTBOUND),
        (MessageKind.NOTE, Direction.INTERNAL),
        (MessageKind.REPLY, Direction.OUTBOUND),
    ]
    rate_as_customer(tickets["late"])
    page.reload()
    expect(page.locator(".dk-talk")).to_contain_text("Rated 5")
    if look == "phone":
        page.get_by_role("button", name="Back to the list").click()
        expect(page.get_by_text("Nothing is late.")).to_be_visible()
        take(page, "desk-back", look)


@ONE_LOOK
def test_a_colleague_is_seen_and_what_they_do_comes_in(
    log_in: LogIn,
    visit: Visit,
    second: Page,
    live_server: LiveServer,
    ann: User,
    tickets: dict[str, Ticket],
    forgiven: list[str],
) -> None:
    forgiven.append("409 (Conflict)")
    log_in(ann)
    page = visit(f"{DESK}?view=unsolved&ticket={tickets['late'].pk}")
    second.goto(f"{live_server.url}{DESK}?view=unsolved&ticket={tickets['late'].pk}")
    expect(page.locator(".dk-here")).to_contain_text("Carla is looking at this", timeout=15_000)
    reply_box(second).fill("I have")
    expect(page.locator(".dk-here")).to_contain_text("Carla is typing", timeout=15_000)
    reply_box(page).fill("I have it too")
    note = second.locator(".dk-tab--note")
    note.click()
    note_box(second).fill("Careful: he is angry.")
    second.get_by_role("button", name="Keep the note").click()
    # it comes in by itself, is told, and nothing that was typed is lost
    expect(page.locator(".desk-said--note")).to_contain_text("Careful", timeout=15_000)
    expect(page.get_by_text("New since you began to write")).to_be_visible()
    expect(reply_box(page)).to_have_value("I have it too")
    # sent all the same, it is refused once, with what changed, and kept
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("changed while this page was open")
    expect(reply_box(page)).to_have_value("I have it too")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".desk-said--ours")).to_contain_text("I have it too")
    expect(second.locator(".desk-said--ours")).to_contain_text("I have it too", timeout=15_000)
    # a customer's answer reaches the list as well
    receive_message(ticket=tickets["fresh"], body="And on Sunday?", by=None, at=timezone.now())
    second.close()
    expect(page.locator(".dk-here")).to_be_empty(timeout=15_000)


@ONE_LOOK
def test_a_late_answer_does_not_bring_back_what_was_before_ones_own_change(
    log_in: LogIn, visit: Visit, ann: User, tickets: dict[str, Ticket], forgiven: list[str]
) -> None:
    forgiven.append("409 (Conflict)")
    log_in(ann)
    ticket = tickets["late"]
    page = visit(f"{DESK}?view=unsolved&ticket={ticket.pk}")
    expect(page.get_by_label("Assignee")).to_have_value("")
    held: list[tuple[Route, APIResponse]] = []
    page.route(f"**{DESK}{ticket.pk}/?*", lambda route: held.append((route, route.fetch())))
    receive_message(ticket=ticket, body="It leaks more.", by=None, at=timezone.now())
    for _ in range(100):
        page.wait_for_timeout(0 if held else 200)
    assert held  # the page has asked for the news, and the answer is on its way
    page.keyboard.press("a")
    expect(page.get_by_role("alert")).to_contain_text("changed while this page was open")
    page.keyboard.press("a")
    expect(page.get_by_label("Assignee")).to_have_value(str(ann.agent.pk))
    route, answer = held[0]
    with page.expect_response(f"**{DESK}{ticket.pk}/?*"):
        route.fulfill(response=answer)
    page.wait_for_timeout(200)
    expect(page.get_by_label("Assignee")).to_have_value(str(ann.agent.pk))
    page.keyboard.press("s")
    expect(page.locator(".dk-head")).to_contain_text("Solved")


@ONE_LOOK
def test_a_draft_and_its_file_survive_a_reload(
    log_in: LogIn, visit: Visit, ann: User, tickets: dict[str, Ticket], tmp_path: Path
) -> None:
    log_in(ann)
    address = f"{DESK}?view=unsolved&ticket={tickets['late'].pk}"
    page = visit(address)
    reply_box(page).fill("Half a sentence")
    expect(page.locator(".dk-box--reply [data-saved]")).to_contain_text("Draft saved at")
    picture = tmp_path / "leak.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    page.locator(".dk-box--reply [data-pick]").set_input_files([picture])
    expect(page.locator(".dk-box--reply .dk-file")).to_contain_text("leak.png")
    page.locator(".dk-tab--note").click()
    note_box(page).fill("A secret")
    expect(page.locator(".dk-box--note [data-saved]")).to_contain_text("Draft saved at")
    page.reload()
    expect(note_box(page)).to_have_value("A secret")
    page.locator(".dk-tab--reply").click()
    expect(reply_box(page)).to_have_value("Half a sentence")
    expect(page.locator(".dk-box--reply .dk-file")).to_contain_text("leak.png")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".desk-said--ours .dk-file")).to_contain_text("leak.png")
    page.reload()
    expect(reply_box(page)).to_have_value("")
    assert Draft.objects.get().kind == MessageKind.NOTE
    assert Attachment.objects.get().message.body == "Half a sentence"  # type: ignore[union-attr]


@ONE_LOOK
def test_it_is_worked_by_the_keyboard_alone(log_in: LogIn, visit: Visit, ann: User, tickets: dict[str, Ticket]) -> None:
    log_in(ann)
    page = visit(DESK)
    keys = page.keyboard
    keys.press("?")
    expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()
    take(page, "desk-help", "light")
    keys.press("Escape")
    keys.press("g")
    keys.press("a")
    expect(page.get_by_role("heading", name="All unsolved")).to_be_visible()
    expect(row(page, "The pump leaks")).to_be_visible()
    keys.press("j")
    expect(row(page, "An invoice too many")).to_be_focused()
    keys.press("j")
    keys.press("j")
    keys.press("k")
    keys.press("j")
    expect(row(page, "The pump leaks")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_text("Water is everywhere.")).to_be_visible()
    keys.press("a")
    expect(page.get_by_label("Assignee")).to_have_value(str(ann.agent.pk))
    keys.press("n")
    keys.type("jars of seals")  # letters of shortcuts are letters here
    expect(note_box(page)).to_have_value("jars of seals")
    keys.press("Control+Enter")
    expect(page.locator(".desk-said--note")).to_contain_text("jars of seals")
    keys.press("Escape")
    keys.press("r")
    keys.type("On our way")
    keys.press("Control+Enter")
    expect(page.locator(".desk-said--ours")).to_contain_text("On our way")
    keys.press("Escape")
    keys.press("m")
    expect(page.get_by_label("Search macros")).to_be_focused()
    expect(page.get_by_role("option", name="We look into it")).to_be_visible()
    keys.press("ArrowDown")
    expect(page.get_by_role("button", name="Send and apply")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_label("Search macros")).to_be_hidden()
    keys.press("s")
    expect(page.locator(".dk-head")).to_contain_text("Solved")
    keys.press("/")
    keys.type("Saturday")
    keys.press("Enter")
    expect(page.get_by_text("Nothing holds “Saturday”.").or_(row(page, "When do you open?"))).to_be_visible()
    assert state(tickets["late"]) == (TicketStatus.SOLVED, 3, ann.agent)


@ONE_LOOK
def test_a_key_right_after_a_dialog_is_no_letter_in_it(
    log_in: LogIn, visit: Visit, ann: User, tickets: dict[str, Ticket]
) -> None:
    log_in(ann)
    page = visit(f"{DESK}?view=unsolved&ticket={tickets['mine'].pk}")
    page.keyboard.press("m")
    expect(page.get_by_label("Search macros")).to_be_focused()
    # In one go: the browser has not painted since, and the field of the closed dialog still has the focus.
    focused = page.evaluate("""() => {
      document.querySelector("dialog[open]").close();
      const there = document.activeElement;
      there.dispatchEvent(new KeyboardEvent("keydown", {key: "s", bubbles: true, cancelable: true}));
      return there.id;
    }""")
    assert focused == "dk-macro-search"
    expect(page.locator(".dk-head")).to_contain_text("Solved")


@ONE_LOOK
def test_a_broken_network_loses_nothing(
    log_in: LogIn, visit: Visit, ann: User, tickets: dict[str, Ticket], forgiven: list[str]
) -> None:
    forgiven.append("ERR_FAILED")
    log_in(ann)
    page = visit(f"{DESK}?view=unsolved&ticket={tickets['late'].pk}")
    page.route("**/reply/**", lambda route: route.abort())
    reply_box(page).fill("We come.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#dk-offline")).to_contain_text("Nothing is lost")
    expect(page.locator(".dk-box--reply [data-saved]")).to_contain_text("Draft saved")  # an answer, yet not to this
    expect(page.locator("#dk-offline")).to_contain_text("Nothing is lost")
    expect(reply_box(page)).to_have_value("We come.")
    page.unroute("**/reply/**")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".desk-said--ours")).to_contain_text("We come.")
    expect(page.locator("#dk-offline")).to_be_hidden()


@ONE_LOOK
def test_who_is_logged_out_loses_nothing(
    log_in: LogIn, visit: Visit, page: Page, live_server: LiveServer, ann: User, tickets: dict[str, Ticket]
) -> None:
    log_in(ann)
    visit(f"{DESK}?view=unsolved&ticket={tickets['late'].pk}")
    reply_box(page).fill("We come.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#dk-offline")).to_contain_text("You are logged out")
    other = page.context.new_page()
    other.goto(f"{live_server.url}/admin/login/")
    other.fill("#id_username", "ann")
    other.fill("#id_password", "correct horse")
    other.click("#login-form button[type=submit]")
    other.wait_for_url(f"{live_server.url}/admin/")
    expect(reply_box(page)).to_have_value("We come.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".desk-said--ours")).to_contain_text("We come.")


@ONE_LOOK
def test_it_works_without_its_scripts(
    log_in: LogIn, visit: Visit, page: Page, ann: User, tickets: dict[str, Ticket]
) -> None:
    page.route("**/services/desk-*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    log_in(ann)
    visit(DESK)
    page.get_by_role("link", name="Late now").click()
    row(page, "The pump leaks").click()
    reply_box(page).fill("We come.")
    page.get_by_role("button", name="Send and solve").click()
    expect(page.locator(".dk-head")).to_contain_text("Solved")
    assert page.url.endswith(f"{reverse('admin:desk')}?view=breaching&ticket={tickets['late'].pk}")
    assert state(tickets["late"])[0] == TicketStatus.SOLVED
