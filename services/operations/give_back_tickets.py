from dataclasses import dataclass
from datetime import datetime

from customers.models import User
from services.models import Agent, Ticket
from services.operations.assign_by_rules import decide_by_rules
from services.operations.ticket_change import changing

# More than one person works on: the rest is given back by asking again.
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What became of an agent's tickets: with somebody else, with nobody, or still with the agent."""

    handed_on: int
    unassigned: int
    kept: int


def give_back_tickets(*, agent: Agent, by: User | None, at: datetime) -> GivenBack:
    """Have the assignment rules decide anew about each unsolved ticket of an agent, each in a transaction of its own.
    Where nobody else is found, an agent who is away loses the ticket and one who is here keeps it."""
    handed_on = unassigned = kept = 0
    for ticket in agent.tickets.unsolved().order_by("pk")[:MOST_AT_ONCE]:
        match _give_back(ticket, agent, by=by, at=at):
            case None:
                unassigned += 1
            case key if key == agent.pk:
                kept += 1
            case _other:
                handed_on += 1
    return GivenBack(handed_on, unassigned, kept)


def _give_back(ticket: Ticket, agent: Agent, *, by: User | None, at: datetime) -> int | None:
    """The key of who has the ticket afterwards."""
    with changing(ticket=ticket, by=by, at=at) as change:
        if ticket.assignee_id == agent.pk and ticket.is_unsolved:
            decide_by_rules(change, reason="given_back")
    return ticket.assignee_id
