"""axe-core finds nothing serious on any page of the admin, light or dark, and keys do all that a mouse does. Pages
of customers and the desk are looked at wherever a browser test takes a picture of them (`conftest.take`)."""

from collections import defaultdict

import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from customers.models import User
from tests.api.world import World, world
from tests.browser.axe import CONTRAST, faults
from tests.browser.conftest import settle
from tests.browser.keys import unreached
from tests.naughty.addresses import addresses, room_of

__all__ = ["world"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.once("sqlite", reason="pages are the same whatever the database"),
]

ROOMS = ["customers", "services", "analytics", "own"]
# Ends the session; a customer's own mail, in a frame in which no script runs.
NOT_SEEN = {"logout", "desk_mail"}
# Django's two questions look alike for every model: they are looked at once.
ALIKE = ("_history", "_delete")
ONCE = "customers_tag"


def is_seen(name: str, look: str) -> bool:
    """Whether an address is looked at. In the dark only what may have colours of its own: lists and empty forms have
    none."""
    alike = (*ALIKE, "_changelist", "_add") if look == "dark" else ALIKE
    return name not in NOT_SEEN and (name.startswith(ONCE) or not name.endswith(alike))


def is_page(client: Client, address: str) -> bool:
    """Whether a whole page is there for who is logged in."""
    answer = client.get(address)
    if answer.status_code != 200 or answer.streaming or "text/html" not in answer.headers["Content-Type"]:
        return False
    return b"<html" in answer.content


@pytest.mark.parametrize("look", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("room", ROOMS)
def test_nothing_serious(
    room: str,
    look: str,
    page: Page,
    client: Client,
    live_server: LiveServer,
    root: User,
    world: World,
    forgiven: list[str],
) -> None:
    forgiven.append("Failed to load resource")  # rows of the test's world name files that are not there
    client.force_login(root)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    wrong: dict[str, list[str]] = defaultdict(list)
    page.on("pageerror", lambda error: wrong["script"].append(f"{page.url}: {error.stack}"))
    for name, address in addresses(world):
        if room_of(name) != room or not is_seen(name, look) or not is_page(client, address):
            continue
        page.goto(live_server.url + address)
        settle(page)
        for rule, where in faults(page, rules=CONTRAST if look == "dark" else ()):
            wrong[rule].append(f"{address}: {where}")
        for what, place in unreached(page, focuses=True) if look == "light" else ():
            wrong[what].append(f"{address}: {place}")
    told = [f"{rule} ({len(where)}):\n    " + "\n    ".join(where[:10]) for rule, where in wrong.items()]
    assert not wrong, "\n".join(told)
