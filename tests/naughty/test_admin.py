"""Naughty strings through every field of every form of the admin: stored equal or refused, never a 5xx, never markup.

The forms are those that the pages show, found anew on every run. An address that shows no form, and that no form leads
to, is named in `formless.py` with the reason, or the test fails; so does a form that could not be filled in."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from customers.models import User
from tests.api.world import World
from tests.figures import tell
from tests.naughty.addresses import addresses, room_of
from tests.naughty.formless import FORMLESS, GIVEN, NOT_KEPT, OF_SCRIPTS, REFUSED_AS_IT_STANDS
from tests.naughty.merged import FORMLESS as FORMLESS_TOO
from tests.naughty.merged import GIVEN as GIVEN_TOO
from tests.naughty.merged import OF_SCRIPTS as OF_SCRIPTS_TOO
from tests.naughty.merged import REFUSED_AS_IT_STANDS as REFUSED_TOO
from tests.naughty.pages import Form, forms_of
from tests.naughty.push import Findings, Pusher, fill, is_machinery, name_of
from tests.naughty.strings import strings_for
from tests.naughty.watch import watching

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once("postgres", reason="the strictest about texts and numbers"),
]

ROOMS = ["customers", "services", "analytics", "own"]
NOTHING_WRITTEN = ("_history", "_delete")  # a question at most


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Not a line for each request."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def visitor(root: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(root)
    return client


def forms_in(room: str, visitor: Client, world: World) -> tuple[list[tuple[Form, dict[str, Any]]], set[str]]:
    """The forms of a room's pages, each once, with their fields; and the names of all addresses of the room."""
    found: dict[Any, tuple[Form, dict[str, Any]]] = {}
    names = set()
    for name, address in addresses(world):
        if room_of(name) != room or name.endswith(NOTHING_WRITTEN):
            continue
        names.add(name)
        with watching() as seen:
            response: Any = visitor.get(address)
        assert response.status_code < 500, address
        shown = [] if response.streaming or response.status_code >= 400 else forms_of(address, _html(response))
        sent = (OF_SCRIPTS | OF_SCRIPTS_TOO).get(name, ())
        scripts = [Form(address, "post", address, {}, {*fields}) for fields in sent]
        for form in [*shown, *scripts]:
            if form.method == "post" and form.names - {"csrfmiddlewaretoken"}:
                key = (form.action.partition("?")[0], *sorted(form.names))
                found.setdefault(key, (form, seen.fields_of(form.names)))
            elif form.method == "post":
                found.setdefault(form.action, (form, {}))
    return [*found.values()], names


def _html(response: Any) -> str:
    return response.content.decode() if "html" in response.headers.get("Content-Type", "") else ""


@pytest.mark.parametrize("room", ROOMS)
def test_forms_store_or_refuse(room: str, visitor: Client, world: World) -> None:
    found, names = forms_in(room, visitor, world)
    shown = {name_of(form) for form, _ in found}
    findings, unusable = Findings(), {}
    for form, fields in found:
        name = name_of(form)
        if not any(not is_machinery(field) for field in form.names):
            continue  # a button
        pusher = Pusher(
            visitor, form, fill(form, fields, (GIVEN | GIVEN_TOO).get(name, {})), fields, findings, NOT_KEPT
        )
        findings.counted["forms"] += 1
        findings.counted["fields"] += len(form.names)
        answer = pusher.is_usable() if any(map(pusher.is_text, form.names)) else None
        if answer is not None and name not in REFUSED_AS_IT_STANDS | REFUSED_TOO:
            unusable[form.action] = (answer.status, answer.seen.errors())
        for number, text in enumerate(strings_for(form.action)):
            pusher.push(text, machinery=number % 10 == 0)
    for what in ("forms", "fields", "sent", "stored", "refused"):
        tell(f"naughty_{what}", findings.counted[what], what if what in ("forms", "fields") else "times", room)
    for what in ("server_errors", "markup", "altered"):
        tell(f"naughty_{what}", findings.counted[what], "findings", room)
    assert not findings.wrong, "\n".join([f"{len(findings.wrong)} findings", *findings.wrong[:40]])
    assert not unusable, f"these are refused as they stand: {unusable}"
    bare = names - shown
    declared = {name for name in FORMLESS | FORMLESS_TOO if room_of(name) == room}
    assert not bare - declared, f"without a form, and without a reason: {' '.join(sorted(bare - declared))}"
    assert not declared - bare, f"with a form by now: {' '.join(sorted(declared - bare))}"
