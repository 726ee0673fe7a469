from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Tag, Team, User
from customers.operations.create_segment import create_segment
from services.models import (
    Macro,
    Message,
    Notification,
    Queue,
    RatingRequest,
    Rule,
    RuleFiring,
    Ticket,
    TicketAttribute,
    TicketEvent,
    WaitingEvent,
)
from services.operations import ask_rules as module
from services.operations import rule_actions
from services.operations.add_note import add_note
from services.operations.ask_rules import ask_rules
from services.operations.ask_rules_on_time import ask_rules_on_time
from services.operations.change_priority import change_priority
from services.operations.rate_ticket import rate_ticket
from services.operations.receive_message import receive_message
from services.operations.rule_actions import ActionKind
from services.operations.solve_ticket import solve_ticket
from services.operations.tick import tick
from services.operations.write_macro import write_macro
from services.operations.write_rule import write_rule
from services.tests.operations.agents import a_rule, an_agent
from services.tests.operations.desk import a_ticket, after
from services.tests.operations.rules import URGENT, firings, minutes_after, outcomes, when
from tests.cast import NOW, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(acme: Customer, queue: Queue) -> Ticket:
    """Opened before there was any rule."""
    return a_ticket(acme, queue)


@pytest.fixture
def spare_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(rule_actions, "ACTIONS", dict(rule_actions.ACTIONS))


def again(ticket: Ticket) -> Ticket:
    ticket.refresh_from_db()
    return ticket


def test_a_rule_applies_when_its_event_happens_and_its_conditions_are_met(acme: Customer, queue: Queue) -> None:
    when("opened", where=[("text", "contains", ["WATER"])], name="Leaks")
    ticket, other = a_ticket(acme, queue), a_ticket(acme, queue, subject="Hello", body="Thanks")
    assert again(ticket).priority == 2
    assert ask_rules(at=NOW) == 1
    assert (again(ticket).priority, again(other).priority) == (4, 2)
    firing = RuleFiring.objects.get()
    assert (firing.ticket, firing.rule_name, firing.outcome, outcomes(firing)) == (ticket, "Leaks", "done", ["done"])
    assert firing.event is not None and firing.event.kind == "opened"
    assert firing.matched["all"] == [{"field": "text", "op": "contains", "value": ["WATER"]}]
    assert not WaitingEvent.objects.exists()
    told = ticket.events.get(kind="rule")
    assert told.data["rule_name"] == "Leaks" and told.actor is None


def test_it_applies_once_however_often_it_is_asked(acme: Customer, queue: Queue) -> None:
    when("opened")
    ticket = a_ticket(acme, queue)
    assert [ask_rules(at=NOW), ask_rules(at=NOW), ask_rules(at=after(days=1))] == [1, 0, 0]
    assert RuleFiring.objects.filter(ticket=ticket).count() == 1


def test_what_happened_before_a_rule_was_switched_on_is_not_its_affair(ticket: Ticket) -> None:
    when("opened")
    assert ask_rules(at=NOW) == 0 and not RuleFiring.objects.exists()


def test_without_rules_nothing_is_left_for_them(ticket: Ticket) -> None:
    when("rated", is_active=False)
    rate_ticket(ticket=ticket, value=1, by=None, at=NOW)
    assert not WaitingEvent.objects.exists()


@pytest.mark.parametrize(
    ("where", "is_met"),
    [
        ([("priority", "at_least", 2)], True),
        ([("priority", "is", [3, 4])], False),
        ([("priority", "is_not", [3, 4])], True),
        ([("status", "is", ["new"])], True),
        ([("channel", "is", ["phone"])], False),
        ([("assignee", "empty")], True),
        ([("assignee", "not_empty")], False),
        ([("service_type", "empty")], True),
        ([("subject", "contains", ["pümp"])], True),
        ([("subject", "lacks", ["invoice", "pump"])], False),
        ([("body", "contains", ["everywhere"])], True),
        ([("customer_kind", "is", ["organisation"])], True),
        ([("language", "empty")], True),
        ([("tag", "empty")], False),
        ([("in_hours", "is", True)], True),
        ([("in_hours", "is", [False])], False),
        ([("customer_spoke_last", "is", True)], True),
        ([("is_late", "is", True)], False),
        ([("reopen_count", "at_most", 0)], True),
        ([("rating", "empty")], True),
        ([("attribute.serial", "contains", ["17"])], True),
        ([("attribute.serial", "empty")], False),
        ([("by_person", "is", False)], True),
        ([("status", "is", ["new"]), ("channel", "is", ["phone"])], False),
    ],
)
def test_each_condition_is_asked(acme: Customer, queue: Queue, where: list[Any], is_met: bool) -> None:
    TicketAttribute.objects.create(code="serial", name="Serial number")
    acme.tags.add(Tag.objects.create(name="VIP"))
    when("opened", where=where)
    ticket = a_ticket(acme, queue, attributes={"serial": "AB-17"})
    assert (ask_rules(at=NOW) == 1) == is_met, firings(ticket)


def test_rows_that_a_condition_names_are_asked_by_their_keys(
    acme: Customer, wang: Customer, queue: Queue, ann: User
) -> None:
    vip = Tag.objects.create(name="VIP")
    acme.tags.add(vip)
    asked = {"groups": [{"conditions": [{"fact": "tag", "op": "is", "value": vip.pk}]}]}
    segment = create_segment(name="VIPs", definition=asked, owner=ann, at=NOW)
    when("opened", where=[("segment", "is", [segment.pk])], name="Segment")
    when("opened", where=[("segment", "is_not", [segment.pk])], name="Not in it")
    when("opened", where=[("tag", "is", [vip.pk])], name="Tag")
    when("opened", where=[("queue", "is", [queue.pk])], name="Queue")
    theirs, hers = a_ticket(acme, queue), a_ticket(wang, queue)
    ask_rules(at=NOW)
    assert [name for name, _outcome in firings(theirs)] == ["Segment", "Tag", "Queue"]
    assert [name for name, _outcome in firings(hers)] == ["Not in it", "Queue"]


def test_any_of_the_second_list_is_enough(acme: Customer, queue: Queue) -> None:
    rule = when("opened", where=[("status", "is", ["new"])])
    either = [{"field": "channel", "op": "is", "value": [channel]} for channel in ("phone", "web")]
    conditions = {"all": rule.conditions["all"], "any": either}
    write_rule(rule=rule, changes={"conditions": conditions}, at=NOW)
    by_web, by_mail = a_ticket(acme, queue), a_ticket(acme, queue, channel="email")
    ask_rules(at=NOW)
    assert firings(by_web) and not firings(by_mail)
    assert RuleFiring.objects.get().matched["any"] == [either[1]]


def test_the_event_says_what_was_written_and_rated(ticket: Ticket, ann: User) -> None:
    when("customer_message", where=[("body", "contains", ["lawyer"])], name="Threat")
    when("rated", where=[("rating", "at_most", 2), ("rating_scale", "is", ["csat"])], name="Bad rating")
    when("note", where=[("by_person", "is", True), ("body", "contains", ["lawyer"])], name="Note")
    receive_message(ticket=ticket, body="Nice", by=None, at=NOW)
    receive_message(ticket=ticket, body="My LAWYER will write", by=None, at=NOW)
    rate_ticket(ticket=ticket, value=5, by=None, at=NOW)
    rate_ticket(ticket=ticket, value=1, by=None, at=NOW)
    add_note(ticket=ticket, body="Call our lawyer", by=ann, at=NOW)
    ask_rules(at=NOW)
    assert firings(ticket) == [("Threat", "done"), ("Bad rating", "done"), ("Note", "done")]


def test_actions_are_done_in_order_through_the_verbs(
    ticket: Ticket, acme: Customer, queue: Queue, north: Team, ann: User
) -> None:
    TicketAttribute.objects.create(code="size", name="Size", type="number")
    other = Queue.objects.create(name="Second line", team=north, calendar=queue.calendar)
    tag = Tag.objects.create(name="Angry")
    actions: list[dict[str, Any]] = [
        URGENT,
        {"action": "move_to_queue", "queue": other.pk},
        {"action": "assign", "agent": ann.agent.pk},
        {"action": "set_attribute", "attribute": "size", "value": "7"},
        {"action": "add_tag", "tag": tag.pk},
        {"action": "note", "text": "Look at {ticket.number} of {customer.name}, {agent.name}"},
        {"action": "notify", "assignee": True},
        {"action": "set_status", "status": "on_hold"},
    ]
    when("customer_message", then=actions)
    receive_message(ticket=ticket, body="Still wet", by=None, at=after(minutes=5))
    ask_rules(at=after(minutes=6))
    again(ticket)
    assert (ticket.priority, ticket.queue, ticket.assignee, ticket.status) == (4, other, ann.agent, "on_hold")
    assert ticket.attributes == {"size": 7} and tag in acme.tags.all()
    note = ticket.messages.get(kind="note")
    assert note.body == f"Look at {ticket.number} of Acme Pumps, Ann" and note.author is None
    assert Notification.objects.get(user=ann, kind="rule").about == "Rule 1"
    kinds = list(ticket.events.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["opened", "customer_message", "priority", "queue", "assigned", "note", "status", "rule"]


def test_assignment_rules_decide_where_a_rule_asks_them(ticket: Ticket, ann: User) -> None:
    a_rule(method="agent", agent=ann.agent)
    when("note", then={"action": "assign_by_rules"}, name="Hand over")
    add_note(ticket=ticket, body="x", by=ann, at=NOW)
    ask_rules(at=NOW)
    assert again(ticket).assignee == ann.agent
    assert ticket.events.get(kind="assigned").data["reason"] == "rule:Hand over"


def test_a_template_is_an_automatic_reply_that_answers_no_clock(acme: Customer, queue: Queue) -> None:
    changes = {"name": "Received", "body": "We have {ticket.number}. {agent.name}"}
    macro = write_macro(macro=Macro(), changes=changes, by=None, at=NOW)
    when("opened", then={"action": "reply", "macro": macro.pk})
    ticket = a_ticket(acme, queue)
    ask_rules(at=NOW)
    said = Message.objects.get(ticket=ticket, direction="outbound")
    assert said.body == f"We have {ticket.number}. North support" and said.is_automatic and said.author is None
    assert again(ticket).first_replied_at is None and ticket.status == "new"


def test_a_customer_is_written_to_once_an_hour(acme: Customer, queue: Queue) -> None:
    macro = write_macro(macro=Macro(), changes={"name": "Received", "body": "Thank you"}, by=None, at=NOW)
    when("opened", "customer_message", then={"action": "reply", "macro": macro.pk})
    ticket = a_ticket(acme, queue)
    for minutes in (0, 20, 40, 70):
        if minutes:
            receive_message(ticket=ticket, body="An automatic answer", by=None, at=after(minutes=minutes))
        ask_rules(at=after(minutes=minutes))
    assert Message.objects.filter(ticket=ticket, is_automatic=True).count() == 2
    assert [outcomes(one)[0] for one in RuleFiring.objects.order_by("pk")] == ["done", "too_soon", "too_soon", "done"]


def test_a_macro_is_applied_as_a_whole(ticket: Ticket, ann: User) -> None:
    changes = {"name": "Wait", "body": "Waiting", "kind": "note", "status_after": "pending", "priority": 1}
    macro = write_macro(macro=Macro(), changes=changes, by=None, at=NOW)
    when("note", then={"action": "apply_macro", "macro": macro.pk}, where=[("by_person", "is", True)])
    add_note(ticket=ticket, body="x", by=ann, at=NOW)
    ask_rules(at=NOW)
    assert (again(ticket).status, ticket.priority) == ("pending", 1)
    assert ticket.messages.filter(kind="note", body="Waiting", author=None).exists()


def test_a_rating_is_asked_for_when_the_ticket_is_solved(ticket: Ticket) -> None:
    when("status", then={"action": "ask_rating"}, where=[("status", "is", ["solved"])])
    solve_ticket(ticket=ticket, by=None, at=NOW)
    RatingRequest.objects.all().delete()
    ask_rules(at=NOW)
    assert RatingRequest.objects.filter(ticket=ticket).count() == 1


def test_what_cannot_be_done_is_written_down_and_the_rest_is_done(
    ticket: Ticket, ann: User, caplog: pytest.LogCaptureFixture, spare_actions: None
) -> None:
    def breaks(*_args: object) -> None:
        Ticket.objects.update(subject="half done")
        raise KeyError("about 王芳")

    rule_actions.register_action(ActionKind("break", "Break", breaks))
    bea = an_agent("Bea", is_active=False)
    then: list[dict[str, Any]] = [
        {"action": "set_status", "status": "closed"},
        {"action": "assign", "agent": bea.pk},
        {"action": "break"},
        URGENT,
    ]
    when("note", then=then)
    when("note", then={"action": "set_priority", "priority": 4}, name="Later rule")
    add_note(ticket=ticket, body="x", by=ann, at=NOW)
    ask_rules(at=NOW)
    firing = RuleFiring.objects.get(rule_name="Rule 1")
    assert outcomes(firing) == ["no_step", "agent_away", "failed", "done"]
    assert (firing.outcome, firing.error) == ("partly", "KeyError")
    assert again(ticket).subject == "Pump leaks" and ticket.priority == 4
    assert outcomes(RuleFiring.objects.get(rule_name="Later rule")) == ["same"]
    assert "王芳" not in caplog.text


def test_a_rule_that_breaks_altogether_keeps_no_other_from_applying(
    ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = when("rated", name="Broken")
    when("rated", name="Sound")
    Rule.objects.filter(pk=broken.pk).update(actions=[7])
    rate_ticket(ticket=ticket, value=1, by=None, at=NOW)
    ask_rules(at=NOW)
    assert firings(ticket) == [("Broken", "failed"), ("Sound", "done")]
    assert RuleFiring.objects.get(rule_name="Broken").error == "AttributeError"


def test_a_rule_that_stops_keeps_later_ones_from_the_event(ticket: Ticket) -> None:
    when("rated", name="First", stops=True, where=[("rating", "at_most", 2)])
    when("rated", name="Second")
    rate_ticket(ticket=ticket, value=1, by=None, at=NOW)
    rate_ticket(ticket=ticket, value=5, by=None, at=NOW)
    ask_rules(at=NOW)
    assert [name for name, _outcome in firings(ticket)] == ["First", "Second"]


def test_a_later_rule_sees_what_an_earlier_one_did(ticket: Ticket) -> None:
    when("rated", name="Raise")
    when("rated", name="Urgent ones", where=[("priority", "is", [4])], then={"action": "note", "text": "Hurry"})
    rate_ticket(ticket=ticket, value=1, by=None, at=NOW)
    ask_rules(at=NOW)
    assert [name for name, _outcome in firings(ticket)] == ["Raise", "Urgent ones"]


def test_what_a_rule_causes_may_call_others_but_never_itself(ticket: Ticket, ann: User) -> None:
    up = {"action": "set_priority", "priority": 4}
    down = {"action": "set_priority", "priority": 1}
    when("priority", then=up, name="Up")
    when("priority", then=down, name="Down")
    change_priority(ticket=ticket, to=3, by=ann, at=NOW)  # type: ignore[arg-type]
    for _beat in range(5):
        ask_rules(at=NOW)
    assert [name for name, _outcome in firings(ticket)] == ["Up", "Down", "Down", "Up"]
    assert not WaitingEvent.objects.exists()
    chains = list(RuleFiring.objects.order_by("pk").values_list("chain", flat=True))
    first, second = (Rule.objects.get(name=name).pk for name in ("Up", "Down"))
    assert chains == [[], [], [first], [second]]


def test_after_ten_firings_in_an_hour_a_ticket_is_left_alone_and_somebody_is_told(
    ticket: Ticket, ann: User, root: User, south: Team
) -> None:
    make_user("sue", south, role="Lead")  # may change rules, and sees no such ticket
    when("note", then={"action": "notify", "agent": ann.agent.pk}, name="Chatty")
    for minute in range(14):
        add_note(ticket=ticket, body="x", by=ann, at=after(minutes=minute))
        tick(at=after(minutes=minute))
    assert [outcome for _name, outcome in firings(ticket)] == ["done"] * 10 + ["stopped"]
    stopped = Notification.objects.get(kind="stopped")
    assert (stopped.user, stopped.about) == (root, "Chatty")
    add_note(ticket=ticket, body="x", by=ann, at=after(minutes=80))
    assert ask_rules(at=after(minutes=80)) == 1


def test_a_database_that_fails_in_the_middle_leaves_nothing_and_is_asked_again(
    ticket: Ticket, ann: User, spare_actions: None
) -> None:
    failures = [OperationalError("gone"), OperationalError("gone")]

    def sometimes(*_args: object) -> None:
        if failures:
            raise failures.pop()

    rule_actions.register_action(ActionKind("sometimes", "Sometimes", sometimes))
    when("note", then=[URGENT, {"action": "sometimes"}])
    add_note(ticket=ticket, body="x", by=ann, at=NOW)
    assert ask_rules(at=NOW) == 0
    assert again(ticket).priority == 2 and not RuleFiring.objects.exists()
    assert ask_rules(at=NOW + timedelta(seconds=30)) == 0  # its minute has not come
    assert ask_rules(at=NOW + timedelta(seconds=60)) == 0
    assert ask_rules(at=NOW + timedelta(seconds=180)) == 1
    assert again(ticket).priority == 4


def test_an_event_that_kills_five_workers_is_given_up(
    ticket: Ticket, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    when("note", name="Deadly")

    def dies(*_args: object, **_more: object) -> int:
        raise OperationalError("killed")

    monkeypatch.setattr(module, "_do", dies)
    add_note(ticket=ticket, body="x", by=ann, at=NOW)
    for hour in range(7):
        ask_rules(at=after(hours=hour))
    assert not WaitingEvent.objects.exists()
    firing = RuleFiring.objects.get()
    assert (firing.outcome, firing.error) == ("failed", "TriedTooOften")


def test_a_beat_with_nothing_to_do_asks_two_questions(ticket: Ticket) -> None:
    when("rated")
    rule = minutes_after("opened", 60)
    Rule.objects.filter(pk=rule.pk).update(looked_at=NOW)
    with CaptureQueriesContext(connection) as asked:
        assert ask_rules(at=NOW) == ask_rules_on_time(at=NOW) == 0
    assert len(asked) == 2


@pytest.mark.parametrize("number", [10, 400])
def test_events_that_no_rule_is_for_cost_the_same_however_many_they_are(
    acme: Customer, queue: Queue, ann: User, number: int
) -> None:
    ticket = a_ticket(acme, queue)
    for index in range(8):
        when("note", where=[("text", "contains", [f"word{index}"]), ("tag", "empty")])
    notes = [TicketEvent(ticket=ticket, kind="note", at=NOW, status_after="new") for _index in range(number)]
    TicketEvent.objects.bulk_create(notes)
    events = TicketEvent.objects.filter(kind="note")
    WaitingEvent.objects.bulk_create(WaitingEvent(event=event, ticket=ticket, due_at=NOW) for event in events)
    with CaptureQueriesContext(connection) as asked:
        assert ask_rules(at=NOW) == 0
    assert not WaitingEvent.objects.exists()
    assert len(asked) <= 8
