from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, User
from services.models import Queue, Rule, RuleFiring, SLAPolicy, Ticket
from services.operations.add_note import add_note
from services.operations.ask_rules import ask_rules
from services.operations.ask_rules_on_time import ask_rules_on_time, narrowed
from services.operations.change_priority import change_priority
from services.operations.hold_ticket import hold_ticket
from services.operations.pend_ticket import pend_ticket
from services.operations.receive_message import receive_message
from services.operations.reopen_ticket import reopen_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.rule_conditions import Condition, Conditions, are_met
from services.operations.rule_fields import FIELDS, WITHOUT_VALUE, Op
from services.operations.rule_known import Known, subject_of
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.rules import firings, minutes_after, when
from tests.cast import NOW

pytestmark = pytest.mark.django_db

NOTE = {"action": "note", "text": "Still there?"}


@pytest.fixture
def ticket(acme: Customer, queue: Queue) -> Ticket:
    return a_ticket(acme, queue)


def ask(**moment: float) -> int:
    return ask_rules_on_time(at=after(**moment))


def test_it_applies_when_the_time_has_passed_and_once(ticket: Ticket) -> None:
    minutes_after("opened", 60, then=NOTE)
    assert [ask(minutes=59), ask(minutes=61), ask(minutes=63), ask(days=3)] == [0, 1, 0, 0]
    firing = RuleFiring.objects.get()
    assert (firing.since, firing.event, firing.outcome) == (ticket.created_at, None, "done")
    assert ticket.messages.filter(kind="note").count() == 1


def test_business_time_goes_by_the_calendar_of_the_queue(ticket: Ticket) -> None:
    minutes_after("opened", 8 * 60, in_business_time=True, then=NOTE)
    # 2.5 hours until lunch, 4.5 after it, and one on Thursday morning
    assert [ask(hours=9), ask(hours=23.9), ask(hours=24.1)] == [0, 0, 1]


def test_each_wait_of_a_customer_has_its_own(ticket: Ticket, ann: User) -> None:
    minutes_after("customer_message", 30, then=NOTE, where=[("customer_spoke_last", "is", True)])
    assert ask(minutes=31) == 1
    reply_to_ticket(ticket=ticket, body="Here", by=ann, at=after(minutes=40))
    assert ask(minutes=75) == 0
    receive_message(ticket=ticket, body="Thanks, but", by=None, at=after(minutes=80))
    assert [ask(minutes=105), ask(minutes=111), ask(minutes=200)] == [0, 1, 0]


def test_a_customer_who_is_silent_after_our_reply_is_reminded(ticket: Ticket, ann: User) -> None:
    minutes_after(
        "agent_reply", 48 * 60, then={"action": "set_status", "status": "solved"}, where=[("status", "is", ["pending"])]
    )
    reply_to_ticket(ticket=ticket, body="Which pump?", by=ann, at=after(minutes=5))
    pend_ticket(ticket=ticket, by=ann, at=after(minutes=6))
    assert [ask(hours=47), ask(hours=49)] == [0, 1]
    ticket.refresh_from_db()
    assert ticket.status == "solved"


def test_the_status_may_be_the_beginning(ticket: Ticket, ann: User) -> None:
    minutes_after("status", 60, then=NOTE, where=[("status", "is", ["on_hold"])])
    hold_ticket(ticket=ticket, by=ann, at=after(minutes=30))
    assert [ask(minutes=80), ask(minutes=91)] == [0, 1]
    reopen_ticket(ticket=ticket, by=ann, at=after(minutes=100))
    hold_ticket(ticket=ticket, by=ann, at=after(minutes=110))
    assert [ask(minutes=150), ask(minutes=171)] == [0, 1]


def test_before_a_target_is_due_and_once_however_it_moves(ticket: Ticket, ann: User) -> None:
    rule = minutes_after("resolution", -60, in_business_time=True, then=NOTE)
    due: datetime = ticket.resolution_due_at  # type: ignore[assignment]
    assert ask_rules_on_time(at=due - timedelta(hours=15)) == 0  # the evening before, when nobody is there
    assert ask_rules_on_time(at=due - timedelta(minutes=58)) == 1  # the office has just opened
    at = due - timedelta(minutes=50)
    pend_ticket(ticket=ticket, by=ann, at=at)
    reopen_ticket(ticket=ticket, by=ann, at=at + timedelta(minutes=20))
    ticket.refresh_from_db()
    assert ticket.resolution_due_at != due
    assert ask_rules_on_time(at=due + timedelta(days=1)) == 0
    assert RuleFiring.objects.filter(rule=rule).count() == 1


def test_a_first_reply_that_was_given_is_late_no_more(ticket: Ticket, ann: User) -> None:
    minutes_after("first_reply", 0, then=NOTE)
    reply_to_ticket(ticket=ticket, body="Here", by=ann, at=after(minutes=5))
    assert ask(days=2) == 0


def test_what_came_due_long_ago_is_left_alone(ticket: Ticket) -> None:
    minutes_after("opened", 60, then=NOTE)
    assert ask(days=8) == 0


def test_a_wait_that_was_stopped_has_its_turn_when_the_ticket_is_calm(ticket: Ticket, ann: User) -> None:
    when("note", then={"action": "notify", "agent": ann.agent.pk}, where=[("by_person", "is", True)])
    for minute in range(10):
        add_note(ticket=ticket, body="x", by=ann, at=after(minutes=50 + minute))
    ask_rules(at=after(minutes=59))
    minutes_after("opened", 60, then=NOTE, name="Time")
    assert [ask(minutes=61), ask(minutes=63), ask(minutes=121)] == [0, 0, 1]
    assert firings(ticket)[-2:] == [("Time", "stopped"), ("Time", "done")]


def test_closed_and_merged_tickets_are_over(ticket: Ticket) -> None:
    minutes_after("opened", 60, then=NOTE)
    solve_ticket(ticket=ticket, by=None, at=after(minutes=1))
    Ticket.objects.filter(pk=ticket.pk).update(status="closed")
    assert ask(hours=2) == 0


def test_a_rule_is_asked_once_a_minute(ticket: Ticket) -> None:
    rule = minutes_after("opened", 60, then=NOTE)
    ask(minutes=59.9)
    assert ask(minutes=60.5) == 0
    assert ask(minutes=61) == 1
    rule.refresh_from_db()
    assert (rule.looked_at, rule.version) == (after(minutes=61), 1)


def test_it_gets_through_more_tickets_than_it_looks_at_in_a_minute(acme: Customer, queue: Queue) -> None:
    tickets = [a_ticket(acme, queue, subject=subject) for subject in ("No", "No", "No", "Yes", "No")]
    minutes_after("opened", 60, then=NOTE, where=[("subject", "contains", ["Yes"])])
    fired = [ask_rules_on_time(at=after(minutes=61 + minute), most=2) for minute in range(4)]
    assert fired == [0, 1, 0, 0]
    assert firings(tickets[3])
    late = a_ticket(acme, queue, subject="Yes")
    Ticket.objects.filter(pk=late.pk).update(created_at=NOW)
    assert sum(ask_rules_on_time(at=after(minutes=70 + minute), most=2) for minute in range(4)) == 1


def test_one_rule_that_cannot_be_asked_keeps_no_other_back(ticket: Ticket) -> None:
    broken = minutes_after("opened", 60, then=NOTE)
    minutes_after("opened", 60, then=NOTE, name="Sound")
    Rule.objects.filter(pk=broken.pk).update(anchor="no such")
    assert ask(hours=2) == 1 and firings(ticket) == [("Sound", "done")]


VALUES: dict[str, Any] = {
    "status": st.lists(st.sampled_from(["new", "open", "pending", "solved"]), min_size=1),
    "priority": st.lists(st.integers(1, 4), min_size=1),
    "channel": st.lists(st.sampled_from(["web", "email"]), min_size=1),
    "queue": st.lists(st.integers(1, 3), min_size=1),
    "service_type": st.lists(st.integers(1, 3), min_size=1),
    "assignee": st.lists(st.integers(1, 3), min_size=1),
}


@st.composite
def conditions(draw: Any) -> Condition:
    """Any condition about a column."""
    code = draw(st.sampled_from(sorted(VALUES)))
    op = draw(st.sampled_from(FIELDS[code].operators()))
    if op in WITHOUT_VALUE:
        return Condition(code, op)
    return Condition(code, op, draw(VALUES[code]) if op in (Op.IS, Op.IS_NOT) else draw(st.integers(1, 4)))


def test_the_sieve_of_the_database_lets_through_whatever_is_met(acme: Customer, queue: Queue, ann: User) -> None:
    tickets = [
        a_ticket(acme, queue, channel=channel, priority=priority, assignee=assignee)
        for channel in ("web", "email")
        for priority in (1, 3)
        for assignee in (None, ann.agent)
    ]
    change_priority(ticket=tickets[0], to=4, by=ann, at=NOW)  # type: ignore[arg-type]
    pend_ticket(ticket=tickets[1], by=ann, at=NOW)
    solve_ticket(ticket=tickets[2], by=ann, at=NOW)
    rows = list(Ticket.objects.all())
    known = Known(at=NOW, tickets=rows)

    @settings(max_examples=150, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(conditions(), max_size=3))
    def check(asked: list[Condition]) -> None:
        let_through = set(Ticket.objects.filter(*narrowed(asked)).values_list("pk", flat=True))
        met = {row.pk for row in rows if are_met(Conditions(tuple(asked)), subject_of(row, at=NOW), known)}
        assert met <= let_through

    check()


def test_a_policy_without_targets_has_no_due_times(acme: Customer, queue: Queue) -> None:
    SLAPolicy.objects.update(is_active=False)
    a_ticket(acme, queue)
    minutes_after("resolution", -60, then=NOTE)
    assert ask(days=5) == 0
