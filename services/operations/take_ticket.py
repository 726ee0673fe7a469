from datetime import datetime

from django.utils.translation import gettext as _

from customers.models import User
from services.models import Agent, Ticket
from services.operations.assign_ticket import assign_ticket


class OnlyAgentsTake(Exception):
    """Whoever would take the ticket is no agent. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("Only agents take tickets."))


def take_ticket(*, ticket: Ticket, by: User, at: datetime, expected_version: int | None = None) -> Ticket:
    """Give the ticket to oneself.

    Raises OnlyAgentsTake, AlreadyTaken, StaleVersion, TicketIsFinal, AgentTakesNoTickets."""
    agent = Agent.objects.filter(user=by).first()
    if agent is None:
        raise OnlyAgentsTake
    return assign_ticket(ticket=ticket, to=agent, by=by, at=at, expected_version=expected_version)
