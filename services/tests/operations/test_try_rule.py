from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Team, User
from services.models import (
    Message,
    Notification,
    Queue,
    Rule,
    RuleFiring,
    Ticket,
    TicketEvent,
    WaitingEvent,
)
from services.operations import try_rule as module
from services.operations.assign_ticket import assign_ticket
from services.operations.change_priority import change_priority
from services.operations.change_queue import change_queue
from services.operations.receive_message import receive_message
from services.operations.solve_ticket import solve_ticket
from services.operations.try_rule import try_rule
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.rules import URGENT, minutes_after, when

pytestmark = pytest.mark.django_db

SOON = after(days=1)


def trial(rule: Rule, user: User, days: int = 30) -> Any:
    return try_rule(rule=rule, user=user, days=days, at=SOON)


def everything() -> list[Any]:
    models = (Ticket, TicketEvent, Message, Notification, RuleFiring, WaitingEvent, Rule)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_it_tells_what_a_draft_would_have_done_and_changes_nothing(acme: Customer, queue: Queue, ann: User) -> None:
    wet = a_ticket(acme, queue)
    a_ticket(acme, queue, subject="Invoice", body="Too high")
    rule = when("opened", where=[("text", "contains", ["water"])], is_active=False)
    before = everything()
    found = trial(rule, ann)
    assert (found.scanned, found.matched, len(found.tickets)) == (2, 1, 1)
    (one,) = found.shown
    assert (one.ticket, one.event.kind, one.actions) == (wet, "opened", ((URGENT, "done"),))
    assert everything() == before


def test_an_unsaved_rule_can_be_tried(acme: Customer, queue: Queue, ann: User) -> None:
    a_ticket(acme, queue)
    rule = Rule(name="x", events=["opened"], conditions={}, actions=[URGENT])
    assert trial(rule, ann).matched == 1 and rule.pk is None


def test_only_tickets_in_sight_are_told_of(acme: Customer, queue: Queue, ann: User, otto: User) -> None:
    a_ticket(acme, queue)
    rule = when("opened")
    on_time = minutes_after("opened", 60)
    assert (trial(rule, otto).scanned, trial(on_time, otto).scanned) == (0, 0)
    assert (trial(rule, ann).matched, trial(on_time, ann).matched) == (1, 1)


def test_columns_are_those_of_the_moment(acme: Customer, queue: Queue, north: Team, ann: User) -> None:
    other = Queue.objects.create(name="Second line", team=north, calendar=queue.calendar)
    ticket = a_ticket(acme, queue)
    assign_ticket(ticket=ticket, to=ann.agent, by=None, at=after(minutes=1))
    change_priority(ticket=ticket, to=4, by=ann, at=after(minutes=2))  # type: ignore[arg-type]
    change_queue(ticket=ticket, to=other, by=ann, at=after(minutes=3))
    receive_message(ticket=ticket, body="Again", by=None, at=after(minutes=4))
    solve_ticket(ticket=ticket, by=ann, at=after(minutes=5))

    def matched(event: str, *where: Any) -> int:
        number: int = trial(when(event, where=where, is_active=False), ann).matched
        return number

    assert matched("opened", ("priority", "is", [2]), ("queue", "is", [queue.pk]), ("assignee", "empty")) == 1
    assert matched("opened", ("status", "is", ["solved"])) == 0
    assert matched("priority", ("queue", "is", [queue.pk]), ("assignee", "is", [ann.agent.pk])) == 1
    assert matched("customer_message", ("priority", "is", [4]), ("queue", "is", [other.pk])) == 1
    assert matched("customer_message", ("status", "is", ["new"])) == 1


def test_it_says_why_an_action_would_come_to_nothing(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue, priority=4)
    solve_ticket(ticket=ticket, by=None, at=after(minutes=1))
    then: list[dict[str, Any]] = [
        URGENT,
        {"action": "set_status", "status": "pending"},
        {"action": "notify", "assignee": True},
    ]
    (one,) = trial(when("opened", then=then), ann).shown
    assert [outcome for _action, outcome in one.actions] == ["is_solved", "no_step", "nobody"]


def test_what_happened_before_the_days_is_not_looked_at(acme: Customer, queue: Queue, ann: User) -> None:
    a_ticket(acme, queue, at=after(days=-5))
    assert [trial(when("opened"), ann, days=days).scanned for days in (3, 10)] == [0, 1]


def test_it_looks_at_no_more_than_it_says(
    acme: Customer, queue: Queue, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SCANNED", 5)
    monkeypatch.setattr(module, "MOST_SHOWN", 3)
    tickets = [a_ticket(acme, queue) for _number in range(7)]
    found = trial(when("opened"), ann)
    assert (found.scanned, found.matched, found.is_capped) == (5, 5, True)
    assert [one.ticket for one in found.shown] == tickets[:-4:-1]


@pytest.mark.parametrize("number", [5, 60])
def test_its_cost_does_not_grow_with_what_does_not_match(acme: Customer, queue: Queue, ann: User, number: int) -> None:
    for _number in range(number):
        a_ticket(acme, queue)
    where = [("text", "contains", ["no such word"]), ("tag", "empty"), ("in_hours", "is", True)]
    rule = when("opened", where=where, is_active=False)
    with CaptureQueriesContext(connection) as asked:
        assert trial(rule, ann).matched == 0
    assert len(asked) <= 16
