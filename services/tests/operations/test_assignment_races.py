"""Tickets that arrive at the same time: no capacity is given twice, and turns stay fair."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer, Team, User
from services.models import Agent, Queue, Ticket
from services.operations.assign_by_rules import assign_by_rules
from services.operations.assign_ticket import assign_ticket
from services.operations.assign_waiting import assign_waiting
from services.operations.give_back_tickets import give_back_tickets
from services.tests.operations.agents import a_rule, an_agent
from services.tests.operations.desk import a_ticket, after
from tests.cast import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


@pytest.fixture
def customers(north: Team) -> list[Customer]:
    """One for each who comes at the same time: two requests of one customer wait for each other anyway."""
    return [Customer.objects.create(name=f"C{number}", team=north, created_at=NOW) for number in range(AT_ONCE)]


def opening(customer: Customer, queue: Queue) -> Callable[[], Any]:
    return lambda: a_ticket(customer, queue)


def fine(results: list[Any]) -> list[Any]:
    assert not [one for one in results if isinstance(one, Exception)], results
    return results


def test_the_last_capacity_is_given_once(customers: list[Customer], queue: Queue, ann: User) -> None:
    a_rule()
    for round_ in range(5):
        Agent.objects.update(capacity=round_ + 1)
        fine(at_once(*[opening(customer, queue) for customer in customers]))
        assert Ticket.objects.filter(assignee=ann.agent).count() == round_ + 1


def test_turns_stay_fair(customers: list[Customer], queue: Queue, ann: User) -> None:
    for name in ("Bea", "Cas"):
        an_agent(name, queue.team)
    a_rule(method="round_robin")
    for round_ in range(1, 5):
        fine(at_once(*[opening(customer, queue) for customer in customers]))
        held = Counter(Ticket.objects.values_list("assignee__name", flat=True))
        assert held == {"Ann": 2 * round_, "Bea": 2 * round_, "Cas": 2 * round_}


def test_loads_stay_level(customers: list[Customer], queue: Queue, ann: User) -> None:
    an_agent("Bea", queue.team)
    a_rule()
    for _round in range(4):
        fine(at_once(*[opening(customer, queue) for customer in customers]))
    assert Counter(Ticket.objects.values_list("assignee__name", flat=True)) == {"Ann": 12, "Bea": 12}


def test_two_beats_at_once_give_each_ticket_once(customers: list[Customer], queue: Queue, ann: User) -> None:
    for number in range(8):
        a_ticket(customers[number % AT_ONCE], queue)
    an_agent("Bea", queue.team)
    a_rule()
    given = fine(at_once(*[lambda: assign_waiting(at=after(hours=1))] * 3))
    assert sum(given) == 8
    tickets = Ticket.objects.all()
    assert all(ticket.events.filter(kind="assigned").count() == 1 for ticket in tickets)
    assert Counter(tickets.values_list("assignee__name", flat=True)) == {"Ann": 4, "Bea": 4}


def test_rules_and_people_at_once_do_not_lock_each_other_out(
    customers: list[Customer], queue: Queue, ann: User
) -> None:
    bea = an_agent("Bea", queue.team)
    a_rule(method="round_robin")
    tickets = [a_ticket(customer, queue) for customer in customers[:4]]
    ann_agent = ann.agent
    for hour in range(1, 4):
        at = after(hours=hour)
        fine(
            at_once(
                lambda at=at: assign_by_rules(ticket=Ticket.objects.get(pk=tickets[0].pk), by=None, at=at),  # type: ignore[misc]
                lambda at=at: assign_by_rules(ticket=Ticket.objects.get(pk=tickets[1].pk), by=None, at=at),  # type: ignore[misc]
                lambda at=at: assign_ticket(ticket=Ticket.objects.get(pk=tickets[2].pk), to=bea, by=None, at=at),  # type: ignore[misc]
                lambda at=at: give_back_tickets(agent=ann_agent, by=None, at=at),  # type: ignore[misc]
                opening(customers[4], queue),
                opening(customers[5], queue),
            )
        )
    assert not Ticket.objects.filter(assignee=None).exists()
