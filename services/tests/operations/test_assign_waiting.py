from typing import Any

import pytest

from customers.models import Customer, Team, User
from customers.operations.create_segment import create_segment
from services.models import Agent, Queue, Skill, Ticket
from services.operations import assign_waiting as module
from services.operations.assign_waiting import assign_waiting
from services.operations.solve_ticket import solve_ticket
from services.operations.tick import STEPS
from services.tests.operations.agents import a_rule, an_agent, decision
from services.tests.operations.desk import a_ticket, after
from tests.cast import NOW


def test_it_is_a_step_of_the_beat() -> None:
    assert assign_waiting in STEPS


def test_who_comes_back_is_given_what_waits_the_most_urgent_first(acme: Customer, queue: Queue, ann: User) -> None:
    Agent.objects.update(away_from=NOW, capacity=2)
    a_rule()
    first, second = a_ticket(acme, queue), a_ticket(acme, queue)
    urgent = a_ticket(acme, queue, priority=4)
    assert assign_waiting(at=after(hours=1)) == 0
    Agent.objects.update(away_from=None)
    assert assign_waiting(at=after(hours=2)) == 2
    having = set(Ticket.objects.filter(assignee=ann.agent).values_list("pk", flat=True))
    assert having == {first.pk, urgent.pk} and not having & {second.pk}
    assert decision(urgent)["reason"] == "waiting"


def test_asked_twice_it_gives_nothing_twice(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    a_rule()
    assert [assign_waiting(at=after(hours=1)), assign_waiting(at=after(hours=1))] == [1, 0]
    assert ticket.events.filter(kind="assigned").count() == 1


def test_while_nobody_is_free_nothing_is_written(acme: Customer, queue: Queue, ann: User) -> None:
    Agent.objects.update(capacity=0)
    ticket = a_ticket(acme, queue)
    a_rule()
    assert assign_waiting(at=after(hours=1)) == 0
    ticket.refresh_from_db()
    assert ticket.version == 1 and not ticket.events.filter(kind="assigned").exists()


def test_tickets_of_another_system_and_solved_ones_are_left_alone(acme: Customer, queue: Queue, ann: User) -> None:
    imported = a_ticket(acme, queue)
    Ticket.objects.filter(pk=imported.pk).update(source="zendesk", source_id="1")
    solve_ticket(ticket=a_ticket(acme, queue), by=ann, at=after())
    a_rule()
    assert assign_waiting(at=after(hours=1)) == 0


def test_tickets_for_which_nobody_is_free_do_not_stand_in_the_way_of_others(
    acme: Customer, queue: Queue, ann: User, north: Team, south: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_LOOKED_AT", 2)
    elsewhere = Queue.objects.create(name="South support", team=south, calendar=queue.calendar)
    for _ in range(4):
        a_ticket(acme, elsewhere)
    ticket = a_ticket(acme, queue)
    a_rule()
    assert assign_waiting(at=after(hours=1)) == 1
    ticket.refresh_from_db()
    assert ticket.assignee == ann.agent


def test_a_rule_for_some_customers_only_hides_no_later_rule(acme: Customer, queue: Queue, ann: User) -> None:
    nobody = {"groups": [{"conditions": [{"fact": "name", "op": "contains", "value": "nobody"}]}]}
    knows = Skill.objects.create(name="French")
    a_rule("VIP", position=1, segment=create_segment(name="VIP", definition=nobody, owner=ann, at=NOW)).skills.add(
        knows
    )
    a_rule("Rest", position=2)
    Agent.objects.update(away_from=NOW)
    a_ticket(acme, queue)
    Agent.objects.update(away_from=None)
    assert assign_waiting(at=after(hours=1)) == 1


def test_a_beat_gives_so_many_and_the_next_the_rest(
    acme: Customer, queue: Queue, north: Team, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(module, "MOST_GIVEN", 3)
    for _ in range(5):
        a_ticket(acme, queue)
    an_agent("Bea", north)
    a_rule()
    assert [assign_waiting(at=after(hours=n)) for n in (1, 2, 3)] == [3, 2, 0]


def test_idle_it_asks_little(acme: Customer, queue: Queue, ann: User, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(1):
        assign_waiting(at=NOW)
