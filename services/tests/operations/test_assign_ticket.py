import pytest

from customers.models import Customer, StaleVersion, User
from services.models import Agent, Queue
from services.operations.assign_ticket import AgentTakesNoTickets, AlreadyTaken, assign_ticket
from services.tests.operations.desk import a_ticket, after


def test_it_gives_the_ticket_to_an_agent_and_back(acme: Customer, queue: Queue, ann: User, bob: User) -> None:
    ticket = a_ticket(acme, queue)
    assign_ticket(ticket=ticket, to=ann.agent, by=bob, at=after(), expected_version=1)
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.status, ticket.version) == (ann.agent, "new", 2)
    assign_ticket(ticket=ticket, to=None, by=bob, at=after())
    ticket.refresh_from_db()
    assert ticket.assignee is None
    assert [e.data for e in ticket.events.filter(kind="assigned")] == [
        {"to": ann.agent.pk, "name": "Ann"},
        {"to": None, "name": ""},
    ]


def test_who_takes_second_takes_nothing(acme: Customer, queue: Queue, ann: User, otto: User) -> None:
    ticket = a_ticket(acme, queue)
    assign_ticket(ticket=ticket, to=ann.agent, by=ann, at=after(), expected_version=1)
    with pytest.raises(AlreadyTaken, match="Ann"):
        assign_ticket(ticket=ticket, to=otto.agent, by=otto, at=after(), expected_version=1)
    ticket.refresh_from_db()
    assert ticket.assignee == ann.agent


def test_taking_again_what_one_has_changes_nothing(acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    assign_ticket(ticket=ticket, to=ann.agent, by=ann, at=after())
    assign_ticket(ticket=ticket, to=ann.agent, by=ann, at=after())
    ticket.refresh_from_db()
    assert ticket.version == 2


def test_handing_on_to_a_third_is_open_but_not_stale(
    acme: Customer, queue: Queue, ann: User, bob: User, otto: User
) -> None:
    ticket = a_ticket(acme, queue, assignee=ann.agent)
    with pytest.raises(StaleVersion):
        assign_ticket(ticket=ticket, to=otto.agent, by=bob, at=after(), expected_version=9)
    assign_ticket(ticket=ticket, to=otto.agent, by=bob, at=after(), expected_version=1)
    assert ticket.assignee == otto.agent


def test_it_refuses_an_agent_who_is_away(acme: Customer, queue: Queue, ann: User, bob: User) -> None:
    Agent.objects.filter(user=ann).update(is_active=False)
    with pytest.raises(AgentTakesNoTickets):
        assign_ticket(ticket=a_ticket(acme, queue), to=Agent.objects.get(user=ann), by=bob, at=after())
