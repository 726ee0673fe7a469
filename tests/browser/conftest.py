"""A browser in front of a running server: no error in its console, no 5xx, no request to another host."""

import time
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response
from pytest_django.live_server_helper import LiveServer

from analytics.tests.admin.conftest import fallen as fallen
from customers.models import User
from tests.browser.axe import faults
from tests.browser.keys import unreached

PICTURES = Path(__file__).resolve().parents[2] / "test-results"
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
}
# Scripts have had their turn: what a load or an answer started is under way, what came is in its place.
A_TURN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
PATIENCE = 20

Visit = Callable[[str], Page]
under_way: MutableMapping[Page, set[Request]] = WeakKeyDictionary()


@pytest.fixture(scope="session", autouse=True)
def _files_of_whitenoise() -> Iterator[None]:
    """Static files come as they do in the product, from WhiteNoise: a browser keeps them for a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "_should_handle", lambda self, path: False)
        yield


@pytest.fixture(params=list(LOOKS))
def look(request: pytest.FixtureRequest) -> str:
    """Light, dark, and 390 pixels wide."""
    return str(request.param)


@pytest.fixture
def browser_context_args(browser_context_args: dict[str, Any], look: str) -> dict[str, Any]:
    """The window and colours of this look."""
    return {**browser_context_args, **LOOKS[look], "locale": "en-GB"}


@pytest.fixture
def forgiven() -> list[str]:
    """Parts of what the console may say all the same: a refusal, or a network that a test breaks."""
    return []


@pytest.fixture
def page(context: BrowserContext, forgiven: list[str]) -> Iterator[Page]:
    """A page that forgives nothing else."""
    wrong: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(part in message.text for part in forgiven):
            wrong.append(f"console: {message.text}")

    def on_response(response: Response) -> None:
        if response.status >= 500:
            wrong.append(f"{response.status} {response.url}")

    page = context.new_page()
    sent = under_way[page] = set()
    page.on("request", lambda request: sent.add(request))
    page.on("requestfinished", lambda request: sent.discard(request))
    page.on("requestfailed", lambda request: sent.discard(request))
    page.on("console", on_console)
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("response", on_response)
    yield page
    assert not wrong, wrong


@pytest.fixture
def visit(page: Page, live_server: LiveServer, look: str) -> Visit:
    """Open an address, wait until it is quiet, see that nothing sticks out to the right, and take a picture."""
    PICTURES.mkdir(exist_ok=True)

    def visit(path: str) -> Page:
        page.goto(live_server.url + path)
        settle(page)
        take(page, path.strip("/").replace("/", "-") or "home", look)
        return page

    return visit


@pytest.fixture
def go(page: Page, live_server: LiveServer) -> Visit:
    """Open an address, and no more: what is expected of the page waits for it."""

    def go(path: str) -> Page:
        page.goto(live_server.url + path)
        return page

    return go


def settle(page: Page) -> None:
    """Wait until the page is loaded and all that it asked for since has come, and no longer than that."""
    page.wait_for_load_state("load")
    deadline = time.monotonic() + PATIENCE
    page.evaluate(A_TURN)
    while under_way[page]:
        assert time.monotonic() < deadline, f"no answer yet: {[request.url for request in under_way[page]]}"
        page.evaluate(A_TURN)


def take(page: Page, name: str, look: str) -> None:
    """Save a picture of the whole page; fail where it is wider than the window, axe finds something serious, or only a
    mouse gets through."""
    page.screenshot(path=PICTURES / f"{name}-{look}.png", full_page=True)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= LOOKS[look]["viewport"]["width"], f"{name} is {width} pixels wide"  # type: ignore[index]
    path = urlsplit(page.url).path
    if path.startswith("/admin/desk/") or not path.startswith("/admin/"):  # test_axe looks at the rest
        assert not (found := [*faults(page), *(unreached(page) if look == "light" else ())]), f"{name}: {found}"


@pytest.fixture
def log_in(page: Page, live_server: LiveServer) -> Callable[[User], None]:
    """Log in as people do: by the form."""

    def log_in(user: User) -> None:
        page.goto(f"{live_server.url}/admin/login/")
        page.fill("#id_username", user.username)
        page.fill("#id_password", "correct horse")
        page.click("#login-form button[type=submit]")
        page.wait_for_url(f"{live_server.url}/admin/")

    return log_in
