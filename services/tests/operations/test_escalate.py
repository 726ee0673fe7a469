"""Warnings before a target and steps after it: at the right business minute, once for each wait."""

from datetime import datetime
from typing import Any

import pytest

from customers.models import Customer, User
from services.choices import EventKind, Priority
from services.models import (
    Agent,
    AssignmentRule,
    Escalation,
    EscalationStep,
    Notification,
    Queue,
    SLAPolicy,
    SLATarget,
    Ticket,
)
from services.operations.assign_ticket import assign_ticket
from services.operations.escalate import escalate
from services.operations.pend_ticket import pend_ticket
from services.operations.receive_message import receive_message
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after
from tests.cast import make_user

# Opened Wednesday 10:00; lunch from 12:30 to 13:30; the first reply is due at 15:00.
DUE = after(hours=5)


@pytest.fixture
def ticket(acme: Customer, queue: Queue, ann: User) -> Ticket:
    return a_ticket(acme, queue, assignee=ann.agent)


@pytest.fixture
def lea(north: Any) -> Agent:
    """Lea, a lead of North."""
    return Agent.objects.create(user=make_user("lea", north, role="Lead"), name="Lea")


def step(minutes: int, action: str = "notify", clock: str = "first_reply", **more: Any) -> EscalationStep:
    policy = SLAPolicy.objects.get(name="Standard")
    return EscalationStep.objects.create(policy=policy, clock=clock, minutes=minutes, action=action, **more)


def told(ticket: Ticket, kind: str) -> list[dict[str, Any]]:
    return [event.data for event in ticket.events.filter(kind=kind)]


@pytest.mark.parametrize(
    ("minutes", "moment"),
    [
        (-30, after(hours=4.5)),
        (-90, after(hours=3.5)),  # 13:30, as the office opens again
        (-120, after(hours=2)),  # 12:00: lunch is no business time
        (0, DUE),
        (60, after(hours=6)),
        (240, after(hours=24)),  # three hours until 18:00, one on Thursday: 10:00
    ],
)
def test_a_step_is_taken_at_its_business_minute(ticket: Ticket, minutes: int, moment: datetime) -> None:
    row = step(minutes)
    assert escalate(at=moment - (after(minutes=1) - after())) == 0
    assert escalate(at=moment) == 1
    taken = Escalation.objects.get()
    assert (taken.ticket, taken.step, taken.since, taken.at, taken.outcome) == (ticket, row, after(), moment, "done")


def test_a_warning_is_told_to_the_assignee_and_the_agent_of_the_step(ticket: Ticket, ann: User, lea: Agent) -> None:
    row = step(-30, agent=lea)
    escalate(at=after(hours=4.5))
    notes = Notification.objects.exclude(kind="assigned")
    assert {(note.user, note.kind, note.detail) for note in notes} == {
        (ann, "warning", "first_reply"),
        (lea.user, "warning", "first_reply"),
    }
    [data] = told(ticket, EventKind.WARNED)
    assert data == {
        "step": row.pk,
        "clock": "first_reply",
        "minutes": -30,
        "action": "notify",
        "agent": lea.pk,
        "outcome": "done",
    }
    version = ticket.version
    ticket.refresh_from_db()
    assert ticket.version == version


def test_twice_is_once(ticket: Ticket, lea: Agent) -> None:
    step(-30)
    step(60, "reassign", agent=lea)
    step(60, "raise_priority")
    for at in (after(hours=4.5), after(hours=4.5), after(hours=6), after(hours=6), after(days=1)):
        escalate(at=at)
    assert Escalation.objects.count() == 3
    assert Notification.objects.filter(kind="warning").count() == 1


def test_a_step_reassigns(ticket: Ticket, lea: Agent) -> None:
    row = step(60, "reassign", agent=lea)
    escalate(at=after(hours=6))
    ticket.refresh_from_db()
    assert ticket.assignee == lea
    assert [data["step"] for data in told(ticket, EventKind.ESCALATED)] == [row.pk]
    assert told(ticket, EventKind.ASSIGNED)[-1]["to"] == lea.pk


def test_a_step_without_an_agent_asks_the_assignment_rules(ticket: Ticket, queue: Queue, lea: Agent) -> None:
    rule = AssignmentRule.objects.create(name="Second line", method="agent", agent=lea)
    step(60, "reassign")
    escalate(at=after(hours=6))
    ticket.refresh_from_db()
    assert ticket.assignee == lea
    decision = told(ticket, EventKind.ASSIGNED)[-1]
    assert (decision["rule"], decision["reason"]) == (rule.pk, "escalated")


def test_a_step_raises_the_priority_by_one_and_stops_at_the_highest(ticket: Ticket) -> None:
    step(0, "raise_priority", clock="resolution")
    step(1, "raise_priority", clock="resolution")
    step(2, "raise_priority", clock="resolution")
    escalate(at=after(days=5))
    ticket.refresh_from_db()
    assert ticket.priority == Priority.URGENT
    outcomes = list(Escalation.objects.order_by("pk").values_list("outcome", flat=True))
    assert outcomes == ["done", "done", "is_urgent"]


def test_what_cannot_be_done_is_told_and_not_tried_again(ticket: Ticket, ann: User, lea: Agent) -> None:
    step(0, "reassign", agent=lea)
    step(1, "reassign", agent=ann.agent)
    Agent.objects.filter(pk=lea.pk).update(is_active=False)
    assert escalate(at=after(hours=6)) == 2 and escalate(at=after(hours=6)) == 0
    assert [data["outcome"] for data in told(ticket, EventKind.ESCALATED)] == ["agent_away", "has_it"]
    assign_ticket(ticket=ticket, to=None, by=ann, at=after(hours=6))
    step(30)
    escalate(at=after(hours=6))
    assert told(ticket, EventKind.ESCALATED)[-1]["outcome"] == "nobody"


def test_every_later_wait_is_warned_of(ticket: Ticket, ann: User) -> None:
    SLATarget.objects.update(next_reply_minutes=60)
    step(-15, clock="next_reply")
    reply_to_ticket(ticket=ticket, body="Which?", by=ann, at=after(minutes=1))
    assert escalate(at=after(minutes=30)) == 0  # nobody waits
    for hour in (0.5, 4):
        receive_message(ticket=ticket, body="This", by=None, at=after(hours=hour))
        assert escalate(at=after(hours=hour, minutes=44)) == 0
        assert escalate(at=after(hours=hour, minutes=45)) == 1
        assert escalate(at=after(hours=hour, minutes=46)) == 0
        reply_to_ticket(ticket=ticket, body="Yes", by=ann, at=after(hours=hour, minutes=50))
    # a wait that solving ended is another one as well
    receive_message(ticket=ticket, body="No!", by=None, at=after(hours=5))
    solve_ticket(ticket=ticket, by=ann, at=after(hours=5, minutes=10))
    receive_message(ticket=ticket, body="No!", by=None, at=after(hours=5, minutes=20))
    assert escalate(at=after(hours=6, minutes=10)) == 1


def test_a_paused_resolution_is_late_for_nobody_and_a_reopened_one_waits_anew(ticket: Ticket, ann: User) -> None:
    step(0, clock="resolution")
    due = ticket.resolution_due_at
    assert due is not None
    pend_ticket(ticket=ticket, by=ann, at=after(hours=1))
    assert escalate(at=after(days=6)) == 0
    reopen_ticket(ticket=ticket, by=ann, at=after(days=6))
    assert escalate(at=after(days=6)) == 0
    assert escalate(at=after(days=10)) == 1
    solve_ticket(ticket=ticket, by=ann, at=after(days=10))
    reopen_ticket(ticket=ticket, by=ann, at=after(days=11))
    assert [escalate(at=after(days=11)), escalate(at=after(days=11))] == [1, 0]
    assert sorted(Escalation.objects.values_list("since", flat=True)) == [after(), after(days=11)]


def test_an_answered_ticket_is_left_alone(ticket: Ticket, ann: User) -> None:
    step(-30)
    step(60)
    reply_to_ticket(ticket=ticket, body="Here", by=ann, at=after(hours=1))
    assert escalate(at=after(hours=4.5)) == escalate(at=after(days=2)) == 0


def test_a_beat_that_was_lost_is_made_up_for_but_no_warning_comes_after_the_target(ticket: Ticket) -> None:
    step(-30)
    step(-30, "raise_priority")
    escalate(at=after(hours=7))
    assert [row.step.action for row in Escalation.objects.all()] == ["raise_priority"]


def test_a_step_that_is_new_leaves_old_tickets_alone(ticket: Ticket) -> None:
    step(60)
    assert escalate(at=after(days=20)) == 0


def test_a_step_far_behind_the_target_is_taken_in_its_time(ticket: Ticket) -> None:
    step(80 * 60)  # eighty business hours: ten days and a half of work
    assert escalate(at=after(days=14)) == 0
    assert escalate(at=after(days=15)) == 1


def test_steps_of_another_policy_are_not_taken(ticket: Ticket) -> None:
    other = SLAPolicy.objects.create(name="Gold", position=1)
    EscalationStep.objects.create(policy=other, clock="first_reply", minutes=0, action="notify")
    assert escalate(at=after(hours=6)) == 0


def test_a_calendar_that_never_opens_stops_nobody(ticket: Ticket, queue: Queue) -> None:
    step(-30)
    step(30)
    queue.calendar.hours = {}
    queue.calendar.save()
    assert escalate(at=after(hours=6)) == 0


def test_a_beat_costs_a_query_a_step_however_many_tickets_are_late(
    acme: Customer, queue: Queue, ticket: Ticket, django_assert_max_num_queries: Any
) -> None:
    step(-30)
    step(60, "raise_priority", clock="resolution")
    for _number in range(5):
        a_ticket(acme, queue)
    escalate(at=after(hours=4.5))
    with django_assert_max_num_queries(6):
        assert escalate(at=after(hours=4.5)) == 0
