from typing import Any

import pytest
from django.core.exceptions import ValidationError

from customers.models import StaleVersion, Team, User
from customers.operations.create_segment import create_segment
from services.models import Macro, Queue, Rule, TicketAttribute
from services.operations.write_macro import write_macro
from services.operations.write_rule import write_rule
from services.tests.operations.agents import an_agent
from services.tests.operations.rules import URGENT, minutes_after, when
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def write(**changes: Any) -> Rule:
    given = {"name": "R", "events": ["opened"], "conditions": {}, "actions": [URGENT], **changes}
    return write_rule(rule=Rule(), changes=given, at=NOW)


def problems(**changes: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        write(**changes)
    assert not Rule.objects.exists()
    return refused.value.message_dict


def asked(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"all": [{"field": field, "op": op, **({} if value is None else {"value": value})}]}


def test_a_new_rule_is_off_and_in_one_form() -> None:
    rule = write(conditions=asked("priority", "is", 3), events=["rated", "opened", "opened"])
    assert not rule.is_active and rule.events == ["opened", "rated"]
    assert rule.conditions == {"all": [{"field": "priority", "op": "is", "value": [3]}], "any": []}


@pytest.mark.parametrize("events", [[], ["no such"], ["rule"], "opened", [7], None])
def test_it_waits_for_events_that_there_are(events: Any) -> None:
    assert "events" in problems(events=events)


def test_time_needs_a_beginning_and_a_before_only_due_times_have() -> None:
    assert "anchor" in problems(trigger="time")
    assert "minutes" in problems(trigger="time", anchor="opened", minutes=-5)
    assert "minutes" in problems(trigger="time", anchor="opened", minutes=10**7)
    rule = minutes_after("resolution", -5, events=["opened"])
    assert rule.events == []


@pytest.mark.parametrize(
    "conditions",
    [
        [],
        {"all": {}},
        {"some": []},
        {"all": [7]},
        {"all": [{"field": "status", "op": "is", "value": ["new"], "more": 1}]},
        {"all": [{"field": "status", "op": "is", "value": ["new"]}] * 31},
        asked("no such", "is", [1]),
        asked("attribute.none", "contains", ["x"]),
        asked("status", "contains", ["new"]),
        asked("status", "is", ["no such"]),
        asked("status", "is", []),
        asked("status", "is"),
        asked("status", "is", [["new"]]),
        asked("queue", "is", [10**9]),
        asked("queue", "is", ["x"]),
        asked("queue", "empty"),
        asked("assignee", "empty", [1]),
        asked("text", "contains", [" "]),
        asked("text", "contains", ["x\x00"]),
        asked("text", "contains", ["x" * 300]),
        asked("rating", "at_most", "two"),
        asked("rating", "at_most", float("inf")),
        asked("in_hours", "is", ["yes"]),
    ],
)
def test_it_asks_only_for_what_there_is(conditions: Any) -> None:
    assert "conditions" in problems(conditions=conditions)


@pytest.mark.parametrize(
    "actions",
    [
        [],
        {},
        [7],
        [{"action": "no such"}],
        [{"action": ["assign"]}],
        [{"action": "set_priority"}],
        [{"action": "set_priority", "priority": 9}],
        [{"action": "set_priority", "priority": [4]}],
        [{"action": "set_priority", "priority": 4, "more": 1}],
        [{"action": "assign", "agent": 10**9}],
        [{"action": "set_status", "status": "new"}],
        [{"action": "note", "text": "Dear {customer.shoe_size}"}],
        [{"action": "note", "text": "  "}],
        [{"action": "notify"}],
        [{"action": "notify", "team": "yes"}],
        [{"action": "set_attribute", "attribute": "size", "value": "many"}],
        [{"action": "set_attribute", "attribute": "none", "value": 1}],
        [URGENT] * 21,
    ],
)
def test_it_does_only_what_can_be_done(actions: Any) -> None:
    TicketAttribute.objects.create(code="size", name="Size", type="number")
    assert "actions" in problems(actions=actions)


def test_the_problem_names_its_place() -> None:
    (text,) = problems(actions=[URGENT, {"action": "set_priority", "priority": 9}])["actions"]
    assert text.startswith("Action 2: ")


def test_a_private_macro_or_segment_is_not_for_a_rule(ann: User) -> None:
    macro = write_macro(macro=Macro(), changes={"name": "Mine", "body": "Hi", "owner": ann}, by=ann, at=NOW)
    assert "actions" in problems(actions=[{"action": "reply", "macro": macro.pk}])
    named = {"groups": [{"conditions": [{"fact": "name", "op": "contains", "value": "a"}]}]}
    segment = create_segment(name="Mine", definition=named, owner=ann, at=NOW, is_shared=False)
    assert "conditions" in problems(conditions=asked("segment", "is", [segment.pk]))


def test_a_stale_save_is_refused() -> None:
    rule = write()
    write_rule(rule=rule, changes={"name": "Other"}, expected_version=1, at=NOW)
    with pytest.raises(StaleVersion):
        write_rule(rule=rule, changes={"name": "Third"}, expected_version=1, at=NOW)


def test_a_rule_about_what_is_gone_is_switched_off_but_not_on(queue: Queue) -> None:
    rule = when("opened", then={"action": "move_to_queue", "queue": queue.pk})
    queue.delete()
    write_rule(rule=rule, changes={"is_active": False, "name": "Gone"}, at=NOW)
    assert (rule.is_active, rule.name) == (False, "Gone")
    with pytest.raises(ValidationError):
        write_rule(rule=rule, changes={"is_active": True}, at=NOW)


def test_another_agent_is_another_action() -> None:
    bea = an_agent("Bea")
    rule = write(actions=[{"action": "assign", "agent": bea.pk}])
    write_rule(rule=rule, changes={"actions": [URGENT]}, at=NOW)
    rule.refresh_from_db()
    assert (rule.actions, rule.version) == ([URGENT], 2)


def test_a_rule_names_no_macro_that_its_writer_does_not_see(ann: User, north: Team, south: Team) -> None:
    ours, theirs = (
        Macro.objects.create(name=team.name, body="Thank you.", kind="reply", team=team) for team in (north, south)
    )

    def written(macro: Macro, **more: Any) -> Rule:
        actions = [{"action": "reply", "macro": macro.pk}]
        changes = {"name": macro.name, "trigger": "event", "events": ["opened"], "actions": actions}
        return write_rule(rule=Rule(), changes=changes, at=NOW, **more)

    with pytest.raises(ValidationError, match="does not exist"):
        written(theirs, by=ann)
    assert written(ours, by=ann).pk
    rule = written(theirs)  # by somebody of South
    changes = {"actions": [*rule.actions, {"action": "set_priority", "priority": 4}]}
    assert len(write_rule(rule=rule, changes=changes, by=ann, at=NOW).actions) == 2
