from datetime import datetime

from django.utils.translation import gettext as _

from customers.models import User
from services.choices import EventKind
from services.models import Agent, Ticket
from services.operations.notify_assigned import notify_assigned
from services.operations.ticket_change import changing


class AlreadyTaken(Exception):
    """Somebody else has the ticket: whoever takes second takes nothing. Nothing was changed."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        message = _("Ticket %(number)s was already taken by %(agent)s.")
        super().__init__(message % {"number": ticket.number, "agent": ticket.assignee})


class AgentTakesNoTickets(Exception):
    """The agent is away or has left. Nothing was changed."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent
        super().__init__(_("%(agent)s takes no tickets at present.") % {"agent": agent})


def assign_ticket(
    *, ticket: Ticket, to: Agent | None, by: User | None, at: datetime, expected_version: int | None = None
) -> Ticket:
    """Give the ticket to an agent, or to nobody. Who assigns to themselves takes it: that raises AlreadyTaken where
    somebody else has it, whatever the version; handing it on to a third is always open.

    Raises AlreadyTaken, StaleVersion, TicketIsFinal, AgentTakesNoTickets."""
    with changing(ticket=ticket, by=by, at=at) as change:
        is_taking = to is not None and by is not None and to.user_id == by.pk
        if is_taking and ticket.assignee_id not in (None, to.pk if to else None):
            raise AlreadyTaken(ticket)
        ticket.require_version(expected_version)
        change.require_not_final()
        if to is not None:
            require_takes_tickets(to, by=by, at=at)
        if to != ticket.assignee:
            change.set(assignee=to)
            event = change.record(EventKind.ASSIGNED, to=to and to.pk, name=to.name if to else "")
            if to is not None:
                notify_assigned(event=event, to=to, by=by, at=at)
    return ticket


def require_takes_tickets(agent: Agent, *, by: User | None, at: datetime) -> None:
    """Raise AgentTakesNoTickets unless the agent is there. Who is away may take a ticket themselves all the same."""
    is_own = by is not None and by.pk == agent.user_id
    if not agent.is_active or (agent.is_away(at) and not is_own):
        raise AgentTakesNoTickets(agent)
