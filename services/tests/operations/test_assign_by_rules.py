from datetime import timedelta
from typing import Any

import pytest

from customers.models import Customer, StaleVersion, Tag, Team, User
from customers.operations.create_segment import create_segment
from services.models import Agent, AssignmentRule, Notification, Queue, ServiceType, Skill
from services.operations.assign_by_rules import assign_by_rules
from services.operations.assign_ticket import assign_ticket
from services.operations.close_ticket import close_ticket
from services.operations.receive_message import receive_message
from services.operations.reopen_ticket import reopen_ticket
from services.operations.solve_ticket import solve_ticket
from services.operations.ticket_change import TicketIsFinal
from services.tests.operations.agents import a_rule, an_agent, decision, passed_over
from services.tests.operations.desk import a_ticket, after
from tests.cast import NOW


def test_a_ticket_that_is_opened_is_given_to_the_agent_with_most_room(
    acme: Customer, queue: Queue, ann: User, otto: User, north: Team
) -> None:
    an_agent("Bea", north, capacity=40)
    rule = a_rule("North")
    a_ticket(acme, queue, assignee=ann.agent)
    ticket = a_ticket(acme, queue)
    assert ticket.assignee and ticket.assignee.name == "Bea"
    assert (ticket.status, ticket.version) == ("new", 1)
    assert decision(ticket) == {
        "rule": rule.pk,
        "rule_name": "North",
        "method": "least_load",
        "to": ticket.assignee.pk,
        "name": "Bea",
        "found": True,
        "considered": [{"agent": ann.agent.pk, "name": "Ann", "why": "load", "load": 1, "capacity": 20}],
    }


def test_without_rules_nothing_is_decided(acme: Customer, queue: Queue, ann: User) -> None:
    a_rule(is_active=False)
    ticket = a_ticket(acme, queue)
    assert ticket.assignee is None and not ticket.events.filter(kind="assigned").exists()


def test_who_opens_it_for_somebody_is_not_overruled(acme: Customer, queue: Queue, ann: User, north: Team) -> None:
    bea = an_agent("Bea", north)
    a_rule(method="agent", agent=ann.agent)
    assert a_ticket(acme, queue, assignee=bea).assignee == bea


def test_in_turn_each_gets_one_after_the_other(acme: Customer, queue: Queue, ann: User, north: Team) -> None:
    an_agent("Bea", north), an_agent("Cas", north)
    a_rule(method="round_robin")
    names = [str(a_ticket(acme, queue).assignee) for _ in range(6)]
    assert names == ["Ann", "Bea", "Cas"] * 2


@pytest.mark.parametrize(
    ("columns", "more"),
    [
        ({"priority": 4}, {"priority": 4}),
        ({"channel": "phone"}, {"channel": "phone"}),
        ({"queue": "queue"}, {}),
        ({"service_type": "type"}, {"service_type": "type"}),
        ({"segment": "segment"}, {}),
    ],
)
def test_the_first_rule_whose_conditions_are_met_decides(
    acme: Customer, wang: Customer, queue: Queue, ann: User, north: Team, columns: dict[str, Any], more: dict[str, Any]
) -> None:
    acme.tags.add(Tag.objects.create(name="VIP"))
    vip = {"groups": [{"conditions": [{"fact": "tag", "op": "is", "value": Tag.objects.get().pk}]}]}
    rows = {
        "queue": queue,
        "type": ServiceType.objects.get(code="repair"),
        "segment": create_segment(name="VIPs", definition=vip, owner=ann, at=NOW),
    }
    other = Queue.objects.create(name="Other", team=north, calendar=queue.calendar)
    bea = an_agent("Bea", north)
    a_rule("Special", position=1, method="agent", agent=bea, **{n: rows.get(str(v), v) for n, v in columns.items()})
    a_rule("Rest", position=2, method="agent", agent=ann.agent)
    special = {name: rows.get(str(value), value) for name, value in more.items()}
    assert str(a_ticket(acme, queue, **special).assignee) == "Bea"
    assert str(a_ticket(wang, other).assignee) == "Ann"


def test_a_segment_that_cannot_be_asked_any_more_is_met_by_nobody(acme: Customer, queue: Queue, ann: User) -> None:
    tag = Tag.objects.create(name="VIP")
    vip = {"groups": [{"conditions": [{"fact": "tag", "op": "is", "value": tag.pk}]}]}
    a_rule(segment=create_segment(name="VIPs", definition=vip, owner=ann, at=NOW))
    tag.delete()
    ticket = a_ticket(acme, queue)
    assert ticket.assignee is None and decision(ticket)["rule"] is None


def test_skills_of_the_service_type_and_of_the_rule_are_asked_for(
    acme: Customer, queue: Queue, ann: User, north: Team
) -> None:
    pumps, french = Skill.objects.create(name="Pumps"), Skill.objects.create(name="French")
    repair = ServiceType.objects.get(code="repair")
    repair.skills.add(pumps)
    a_rule().skills.add(french)
    for name, knows in [("Bea", [pumps]), ("Cas", [pumps, french])]:
        an_agent(name, north).skills.set(knows)
    ticket = a_ticket(acme, queue, service_type=repair)
    assert str(ticket.assignee) == "Cas"
    missing = {one["name"]: one["missing"] for one in decision(ticket)["considered"]}
    assert missing == {"Ann": ["French", "Pumps"], "Bea": ["French"]}


def test_only_those_whom_the_rule_names_are_asked(acme: Customer, queue: Queue, ann: User, otto: User) -> None:
    a_rule().agents.add(otto.agent)
    assert str(a_ticket(acme, queue).assignee) == "Otto"


def test_who_is_away_full_or_gone_is_passed_over_with_the_reason(
    acme: Customer, queue: Queue, ann: User, north: Team
) -> None:
    an_agent("Away", north, away_until=after(hours=1))
    an_agent("Full", north, capacity=0)
    an_agent("Off", north, is_active=False)
    left = an_agent("Left", north)
    User.objects.filter(pk=left.user_id).update(is_active=False)
    a_rule()
    ticket = a_ticket(acme, queue)
    assert str(ticket.assignee) == "Ann"
    assert passed_over(ticket) == {"Away": "away", "Full": "full", "Off": "inactive", "Left": "inactive"}


def test_that_nobody_can_take_it_is_written_down(acme: Customer, queue: Queue, ann: User) -> None:
    Agent.objects.update(capacity=0)
    rule = a_rule()
    ticket = a_ticket(acme, queue)
    data = decision(ticket)
    assert (ticket.assignee, data["rule"], data["to"], data["found"]) == (None, rule.pk, None, False)
    assert passed_over(ticket) == {"Ann": "full"}


def test_that_no_rule_is_met_is_written_down(acme: Customer, queue: Queue, ann: User) -> None:
    a_rule(priority=4)
    ticket = a_ticket(acme, queue)
    assert (ticket.assignee, decision(ticket)["rule"], decision(ticket)["considered"]) == (None, None, [])


def test_asked_again_it_goes_to_somebody_else(acme: Customer, queue: Queue, ann: User, bob: User, north: Team) -> None:
    an_agent("Bea", north)
    ticket = a_ticket(acme, queue, assignee=ann.agent)
    a_rule()
    assign_by_rules(ticket=ticket, by=bob, at=after(), reason="escalated", expected_version=1)
    ticket.refresh_from_db()
    assert str(ticket.assignee) == "Bea" and ticket.version == 2
    assert passed_over(ticket) == {"Ann": "has_it"} and decision(ticket)["reason"] == "escalated"


def test_where_nobody_else_is_found_who_is_here_keeps_it_and_who_is_away_loses_it(
    acme: Customer, queue: Queue, ann: User
) -> None:
    ticket = a_ticket(acme, queue, assignee=ann.agent)
    a_rule()
    assign_by_rules(ticket=ticket, by=None, at=after())
    assert (decision(ticket)["to"], decision(ticket)["found"]) == (ann.agent.pk, False)
    Agent.objects.update(away_from=NOW)
    assign_by_rules(ticket=ticket, by=None, at=after(hours=1))
    ticket.refresh_from_db()
    assert ticket.assignee is None and decision(ticket)["to"] is None


def test_a_stale_request_and_a_closed_ticket_are_refused(acme: Customer, queue: Queue, ann: User) -> None:
    a_rule()
    ticket = a_ticket(acme, queue)
    with pytest.raises(StaleVersion):
        assign_by_rules(ticket=ticket, by=ann, at=after(), expected_version=7)
    solve_ticket(ticket=ticket, by=ann, at=after())
    close_ticket(ticket=ticket, by=ann, at=after())
    with pytest.raises(TicketIsFinal):
        assign_by_rules(ticket=ticket, by=ann, at=after())


@pytest.mark.parametrize("how", ["reopen", "customer writes"])
def test_reopened_while_its_agent_is_away_it_goes_to_somebody_who_is_here(
    acme: Customer, queue: Queue, ann: User, north: Team, how: str
) -> None:
    bea = an_agent("Bea", north)
    ticket = a_ticket(acme, queue, assignee=ann.agent)
    a_rule()
    solve_ticket(ticket=ticket, by=ann, at=after())
    Agent.objects.filter(pk=ann.agent.pk).update(away_from=NOW, away_until=after(days=7))
    if how == "reopen":
        reopen_ticket(ticket=ticket, by=None, at=after(hours=1))
    else:
        receive_message(ticket=ticket, body="Again", by=None, at=after(hours=1))
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.status, decision(ticket)["reason"]) == (bea, "open", "reopened")


def test_reopened_while_its_agent_is_here_it_stays(acme: Customer, queue: Queue, ann: User, north: Team) -> None:
    an_agent("Bea", north)
    ticket = a_ticket(acme, queue, assignee=ann.agent)
    a_rule()
    solve_ticket(ticket=ticket, by=ann, at=after())
    reopen_ticket(ticket=ticket, by=None, at=after(hours=1))
    assert ticket.assignee == ann.agent


def test_whoever_is_given_a_ticket_is_told_once(acme: Customer, queue: Queue, ann: User, bob: User) -> None:
    a_rule()
    ticket = a_ticket(acme, queue, by=bob)
    told = Notification.objects.get()
    assert (told.user, told.ticket, told.kind, told.read_at) == (ann, ticket, "assigned", None)


def test_who_takes_a_ticket_is_not_told_and_whoever_is_handed_one_is(
    acme: Customer, queue: Queue, ann: User, bob: User, north: Team
) -> None:
    bea = an_agent("Bea", north)
    ticket = a_ticket(acme, queue)
    assign_ticket(ticket=ticket, to=ann.agent, by=ann, at=after())
    assert not Notification.objects.exists()
    assign_ticket(ticket=ticket, to=bea, by=bob, at=after())
    assign_ticket(ticket=ticket, to=bea, by=bob, at=after())
    assert Notification.objects.get().user == bea.user


def test_a_large_team_is_named_in_part_and_counted(acme: Customer, queue: Queue, north: Team) -> None:
    for number in range(45):
        an_agent(f"A{number}", north, is_active=False)
    a_rule()
    data = decision(a_ticket(acme, queue))
    assert len(data["considered"]) == 40 and data["more"] == 5


@pytest.mark.parametrize("agents", [2, 30])
def test_it_asks_as_much_of_a_large_team(
    acme: Customer, queue: Queue, north: Team, agents: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(agents):
        an_agent(f"A{number}", north)
    a_rule()
    ticket = a_ticket(acme, queue)
    with django_assert_max_num_queries(36):
        assign_by_rules(ticket=ticket, by=None, at=after() + timedelta(hours=1))
    assert AssignmentRule.objects.count() == 1
