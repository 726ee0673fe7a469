"""Agents and rules for tests of who is given a ticket."""

from typing import Any

from customers.models import Team
from services.models import Agent, AssignmentRule, Ticket
from tests.cast import make_user


def an_agent(name: str, *teams: Team, **columns: Any) -> Agent:
    """An agent of these teams."""
    return Agent.objects.create(user=make_user(name.lower(), *teams, role="Agent"), name=name, **columns)


def a_rule(name: str = "All", **columns: Any) -> AssignmentRule:
    """A rule; without conditions it is met by every ticket."""
    return AssignmentRule.objects.create(name=name, **columns)


def decision(ticket: Ticket) -> dict[str, Any]:
    """What was written of the newest decision about a ticket."""
    event = ticket.events.filter(kind="assigned").order_by("pk").last()
    assert event is not None
    data: dict[str, Any] = event.data
    return data


def passed_over(ticket: Ticket) -> dict[str, str]:
    """Who was passed over by the newest decision, and why."""
    return {one["name"]: one["why"] for one in decision(ticket)["considered"]}
