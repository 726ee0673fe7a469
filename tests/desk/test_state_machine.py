"""A ticket's life on paper, one that is led by the API and one that is led by the pages of the admin, in step: after
every verb all three are the same, refusals too, and no clock has run backwards.

CRM_STATE_RUNS: how many lives; a long run takes 10,000."""

import os
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from customers.models import Customer, Team, User
from services.models import Agent, Queue, Ticket
from services.operations.open_ticket import open_ticket
from tests.cast import make_user
from tests.client import as_user
from tests.desk.life import VERBS, Life, Refused

pytestmark = pytest.mark.django_db

RUNS = int(os.environ.get("CRM_STATE_RUNS", "12"))
STEPS = 12 if RUNS < 100 else 30
NAMES = ("ann", "eve")
# Of a clock that has stopped once, or missed its target, this stays as it is.
KEPT_FOR_GOOD = ("first_replied_at", "first_reply_seconds", "first_reply_breached_at", "resolution_breached_at")

who = st.sampled_from(NAMES)
stale = st.sampled_from([False, False, False, True])


class World:
    """Two agents, in a browser and as programs, and a customer."""

    def __init__(self, users: dict[str, User], customer: Customer, queue: Queue) -> None:
        self.customer, self.queue = customer, queue
        self.agents = {name: user.agent.pk for name, user in users.items()}
        self.names = {pk: name for name, pk in self.agents.items()}
        self.api = {name: as_user(user) for name, user in users.items()}
        self.pages = {name: Client() for name in users}
        for name, client in self.pages.items():
            client.force_login(users[name])

    def new_ticket(self) -> Ticket:
        from django.utils import timezone

        return open_ticket(
            customer=self.customer, subject="Leaks", queue=self.queue, body="Help", by=None, at=timezone.now()
        )


class Lives(RuleBasedStateMachine):
    """Whatever is done is done thrice."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.paper = Life()
        self.by_api, self.by_page = self.world.new_ticket(), self.world.new_ticket()
        self.before: dict[int, Ticket] = {}

    def _do(self, on_paper: Any, api: tuple[str, dict[str, Any]], page: tuple[str, dict[str, Any]] | None, by: str,
            is_stale: bool) -> None:  # fmt: skip
        refusal = ""
        try:
            on_paper(is_stale=is_stale)
        except Refused as refused:
            refusal = refused.code
        self._by_api(*api, by, is_stale, refusal)
        if page is not None:
            self._by_page(*page, by, is_stale, refusal)

    def _by_api(self, verb: str, data: dict[str, Any], by: str, is_stale: bool, refusal: str) -> None:
        version = self._version(self.by_api, is_stale)
        response = self.world.api[by].post(
            f"/api/v1/tickets/{self.by_api.pk}/{verb}/", data, headers={"If-Match": f'"{version}"'}
        )
        if not refusal:
            assert response.status_code == 200, (verb, response.content)
            return
        assert response.status_code == (412 if refusal == "stale" else 409), (verb, refusal, response.content)
        assert response.json()["code"] == refusal

    def _by_page(self, verb: str, data: dict[str, Any], by: str, is_stale: bool, refusal: str) -> None:
        given = {"version": self._version(self.by_page, is_stale), "seen_event": 0, **data}
        address = reverse("admin:services_ticket_do", args=[self.by_page.pk, verb])
        response = self.world.pages[by].post(address, given)
        assert response.status_code == (409 if refusal else 302), (verb, refusal, response.status_code)

    def _version(self, ticket: Ticket, is_stale: bool) -> int:
        now = Ticket.objects.values_list("version", flat=True).get(pk=ticket.pk)
        return now + 7 if is_stale else now

    @rule(by=who, is_stale=stale)
    def take(self, by: str, is_stale: bool) -> None:
        self._do(lambda **seen: self.paper.assign(by, by, **seen), ("assign", {}), ("take", {}), by, is_stale)

    @rule(by=who, to=st.sampled_from([*NAMES, None]), is_stale=stale)
    def assign(self, by: str, to: str | None, is_stale: bool) -> None:
        key = None if to is None else self.world.agents[to]
        self._do(
            lambda **seen: self.paper.assign(to, by, **seen),
            ("assign", {"assignee": key}),
            ("assign", {"to": key or ""}),
            by,
            is_stale,
        )

    @rule(by=who, then=st.sampled_from([None, "pending", "solved"]), is_stale=stale)
    def reply(self, by: str, then: str | None, is_stale: bool) -> None:
        self._do(
            lambda **seen: self.paper.reply(then, **seen),
            ("reply", {"body": "So", **({"status_after": then} if then else {})}),
            ("compose", {"mode": "reply", "body": "So", "then": then or ""}),
            by,
            is_stale,
        )

    @rule(by=who, is_stale=stale)
    def note(self, by: str, is_stale: bool) -> None:
        self._do(self.paper.note, ("note", {"body": "Hm"}), ("compose", {"mode": "note", "body": "Hm"}), by, is_stale)

    @rule(by=who, is_stale=stale)
    def receive(self, by: str, is_stale: bool) -> None:
        page = ("compose", {"mode": "customer", "body": "And?"})
        self._do(self.paper.receive, ("receive", {"body": "And?"}), page, by, is_stale)

    @rule(by=who, verb=st.sampled_from(sorted(VERBS)), is_stale=stale)
    def move(self, by: str, verb: str, is_stale: bool) -> None:
        self._do(lambda **seen: self.paper.move(verb, **seen), (verb, {}), (verb, {}), by, is_stale)

    @rule(by=who, to=st.integers(1, 4), is_stale=stale)
    def prioritise(self, by: str, to: int, is_stale: bool) -> None:
        api = ("prioritise", {"priority": to})
        self._do(lambda **seen: self.paper.prioritise(to, **seen), api, ("priority", {"to": to}), by, is_stale)

    @rule(by=who, value=st.integers(1, 5), is_stale=stale)
    def rate(self, by: str, value: int, is_stale: bool) -> None:
        page = ("rate", {"scale": "csat", "value": value, "comment": ""})
        self._do(lambda **seen: self.paper.rate(value, **seen), ("rate", {"value": value}), page, by, is_stale)

    @invariant()
    def all_three_are_the_same(self) -> None:
        for ticket in self.by_api, self.by_page:
            row = Ticket.objects.get(pk=ticket.pk)
            assert (row.status, row.version, row.priority, row.reopen_count) == (
                self.paper.status,
                self.paper.version,
                self.paper.priority,
                self.paper.reopened,
            )
            assert self.world.names.get(row.assignee_id or 0) == self.paper.assignee
            assert row.messages.count() == self.paper.said
            self._no_clock_ran_backwards(row)

    def _no_clock_ran_backwards(self, row: Ticket) -> None:
        before = self.before.get(row.pk, row)
        for name in KEPT_FOR_GOOD:
            assert getattr(before, name) in (None, getattr(row, name)), name
        assert row.reopen_count >= before.reopen_count and row.version >= before.version
        assert (row.solved_at is None) == row.is_unsolved
        history = list(row.events.order_by("pk").values_list("at", flat=True))
        assert history == sorted(history)
        self.before[row.pk] = row


@pytest.fixture
def world(north: Team, acme: Customer, queue: Queue, ann: User) -> World:
    eve = make_user("eve", north, role="Agent")
    Agent.objects.create(user=eve, name="Eve")
    return World({"ann": ann, "eve": eve}, acme, queue)


def test_paper_api_and_pages_lead_the_same_life(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lives, "world", world, raising=False)
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=RUNS < 100,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
