from datetime import datetime

import pytest
from django.core.exceptions import ValidationError

from customers.models import Customer, StaleVersion, Team, User
from services.models import Queue
from services.operations.assign_ticket import AgentTakesNoTickets, assign_ticket
from services.operations.give_back_tickets import GivenBack, give_back_tickets
from services.operations.set_away import set_away
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.agents import a_rule, an_agent, decision
from services.tests.operations.desk import a_ticket, after
from tests.cast import NOW


def test_who_is_away_is_given_nothing_until_they_are_back(acme: Customer, queue: Queue, ann: User, bob: User) -> None:
    agent = set_away(agent=ann.agent, away_from=NOW, away_until=after(days=2), at=NOW, expected_version=1)
    assert (agent.version, agent.is_away(after(days=1)), agent.is_away(after(days=2))) == (2, True, False)
    ticket = a_ticket(acme, queue)
    with pytest.raises(AgentTakesNoTickets):
        assign_ticket(ticket=ticket, to=agent, by=bob, at=after())
    assign_ticket(ticket=ticket, to=agent, by=ann, at=after())
    set_away(agent=agent, away_from=None, away_until=None, at=after())
    agent.refresh_from_db()
    assert not agent.is_away(after())
    assert ticket.assignee == agent


@pytest.mark.parametrize(("since", "until"), [(NOW, NOW), (after(days=1), NOW), (None, NOW)])
def test_an_end_before_the_beginning_is_refused(ann: User, since: datetime | None, until: datetime) -> None:
    with pytest.raises(ValidationError, match="end must come after"):
        set_away(agent=ann.agent, away_from=since, away_until=until, at=NOW)


def test_it_refuses_a_stale_request_and_saying_the_same_changes_nothing(ann: User) -> None:
    agent = set_away(agent=ann.agent, away_from=NOW, away_until=None, at=NOW)
    assert set_away(agent=agent, away_from=NOW, away_until=None, at=NOW).version == 2
    with pytest.raises(StaleVersion):
        set_away(agent=agent, away_from=None, away_until=None, at=NOW, expected_version=1)


def test_what_they_have_is_given_back_to_the_rules(acme: Customer, queue: Queue, ann: User, north: Team) -> None:
    tickets = [a_ticket(acme, queue, assignee=ann.agent) for _ in range(3)]
    solve_ticket(ticket=tickets[0], by=ann, at=after())
    an_agent("Bea", north, capacity=1)
    a_rule()
    agent = set_away(agent=ann.agent, away_from=NOW, away_until=None, at=after())
    assert give_back_tickets(agent=agent, by=ann, at=after()) == GivenBack(handed_on=1, unassigned=1, kept=0)
    for ticket in tickets:
        ticket.refresh_from_db()
    assert [str(ticket.assignee) for ticket in tickets] == ["Ann", "Bea", "None"]
    assert decision(tickets[2])["reason"] == "given_back"


def test_who_is_here_keeps_what_nobody_else_can_take(acme: Customer, queue: Queue, ann: User) -> None:
    a_ticket(acme, queue, assignee=ann.agent)
    a_rule()
    assert give_back_tickets(agent=ann.agent, by=ann, at=after()) == GivenBack(0, 0, 1)
