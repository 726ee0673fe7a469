"""Fifty clients at one ticket, each with a connection of its own: they take it, edit it, answer it, all at once.
Nothing that was acknowledged is lost, one takes it, and whoever has seen an older version is refused.

On SQLite, which has one writer, there are eight of them."""

from collections import Counter
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import User
from services.choices import EventKind
from services.models import Message, Ticket
from tests.desk.crowd import CLIENTS, again, everybody, path
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


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
