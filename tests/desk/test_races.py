"""Fifty clients at one ticket, each with a connection of its own: they take it, edit it, answer it, all at once.
Nothing that was acknowledged is lost, one takes it, and whoever has seen an older version is refused.

On SQLite, which has one writer, there are eight of them."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Team, User
from services.choices import EventKind
from services.models import Agent, Message, Queue, Ticket
from services.operations.open_ticket import open_ticket
from tests.cast import make_user
from tests.client import as_user
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS = 8 if connection.vendor == "sqlite" else 50
DEADLOCK = 1213  # MariaDB's number for it: whoever is chosen as its victim asks again


@pytest.fixture
def agents(north: Team) -> list[User]:
    users = [make_user(f"agent{n}", north, role="Agent") for n in range(CLIENTS)]
    for user in users:
        Agent.objects.create(user=user, name=user.username)
    return users


@pytest.fixture
def ticket(acme: Customer, queue: Queue) -> Ticket:
    return open_ticket(customer=acme, subject="Pump", queue=queue, body="Help", by=None, at=timezone.now())


def again(asking: Callable[[], Any]) -> Any:
    for _ in range(200):
        try:
            return asking()
        except OperationalError as error:
            if connection.vendor == "mysql" and error.args[0] != DEADLOCK:
                raise
    raise AssertionError("one deadlock after the other")


def everybody(agents: list[User], doing: Callable[[User, Any], Any]) -> list[Any]:
    """What each agent got, all having asked at once."""
    clients = [(user, as_user(user)) for user in agents]
    found = at_once(*(lambda user=user, api=api: doing(user, api) for user, api in clients))
    for result in found:
        if isinstance(result, BaseException):
            raise result
    return found


def path(ticket: Ticket, verb: str = "") -> str:
    return f"/api/v1/tickets/{ticket.pk}/" + (f"{verb}/" if verb else "")


def test_one_takes_it_and_the_others_are_told_by_whom(agents: list[User], ticket: Ticket) -> None:
    answers = everybody(agents, lambda user, api: again(lambda: api.post(path(ticket, "assign"))))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: CLIENTS - 1}
    taker = agents[next(n for n, answer in enumerate(answers) if answer.status_code == 200)]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already_taken"}
    assert all(taker.username in answer.json()["detail"] for answer in answers if answer.status_code == 409)
    row = Ticket.objects.get()
    assert (row.assignee, row.version) == (taker.agent, ticket.version + 1)
    assert row.events.filter(kind=EventKind.ASSIGNED).count() == 1


def test_no_edit_is_lost(agents: list[User], ticket: Ticket) -> None:
    refused: Counter[int] = Counter()

    def edit_what_is_there(api: Any, mine: str) -> Any:
        read = api.get(path(ticket))
        longer = {"subject": f"{read.json()['subject']} {mine}"}
        return api.patch(path(ticket), longer, headers={"If-Match": read.headers["ETag"]})

    def edit(user: User, api: Any) -> None:
        mine = user.username.removeprefix("agent")
        while True:
            answer = again(lambda: edit_what_is_there(api, mine))
            refused[answer.status_code] += 1
            if answer.status_code == 200:
                return
            assert (answer.status_code, answer.json()["code"]) == (412, "stale")

    everybody(agents, edit)
    row = Ticket.objects.get()
    assert sorted(row.subject.split()[1:]) == sorted(str(n) for n in range(CLIENTS))
    assert row.version == ticket.version + CLIENTS
    assert refused[200] == CLIENTS and refused[412] > 0
    assert Ticket.objects.search(f"pump {CLIENTS - 1}").exists()


def test_of_those_who_saw_the_same_version_one_saves_it(agents: list[User], ticket: Ticket) -> None:
    seen = {"If-Match": ticket.etag()}
    answers = everybody(
        agents, lambda user, api: again(lambda: api.patch(path(ticket), {"subject": user.username}, headers=seen))
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: CLIENTS - 1}
    winner = next(answer.json() for answer in answers if answer.status_code == 200)
    assert Ticket.objects.get().subject == winner["subject"]


def test_who_does_not_say_what_they_saw_is_asked_to(agents: list[User], ticket: Ticket) -> None:
    answers = everybody(agents, lambda user, api: api.patch(path(ticket), {"subject": "x"}))
    assert {answer.status_code for answer in answers} == {428}
    assert Ticket.objects.get().subject == "Pump"


def test_every_reply_stands_in_the_conversation_once_and_is_found(agents: list[User], ticket: Ticket) -> None:
    answers = everybody(
        agents,
        lambda user, api: again(lambda: api.post(path(ticket, "reply"), {"body": f"this is word{user.username}"})),
    )
    assert {answer.status_code for answer in answers} == {200}
    said = Message.objects.filter(direction="outbound").values_list("body", flat=True)
    assert sorted(said) == sorted(f"this is word{user.username}" for user in agents)
    row = Ticket.objects.get()
    assert row.version == ticket.version + CLIENTS
    assert row.events.filter(kind=EventKind.AGENT_REPLY).count() == CLIENTS
    for user in agents:
        assert Ticket.objects.search(f"pump word{user.username}").exists()


def test_a_stale_page_is_refused_with_what_is_new(agents: list[User], ticket: Ticket) -> None:
    browsers = []
    for user in agents:
        client = Client()
        client.force_login(user)
        browsers.append((user, client))
    address = reverse("admin:services_ticket_do", args=[ticket.pk, "compose"])
    seen = {"version": ticket.version, "seen_event": ticket.events.order_by("pk").last().pk, "mode": "reply"}  # type: ignore[union-attr]
    answers = at_once(
        *(
            lambda user=user, client=client: again(
                lambda: client.post(address, {**seen, "body": f"By {user.username}"})
            )
            for user, client in browsers
        )
    )
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    assert Counter(answer.status_code for answer in answers) == {302: 1, 409: CLIENTS - 1}
    reply = Message.objects.get(direction="outbound")
    for (user, _client), answer in zip(browsers, answers, strict=True):
        if answer.status_code == 409:
            html = answer.content.decode()
            assert f"By {user.username}" in html  # what was typed is kept
            assert reply.author is not None and answer.context["news"]
