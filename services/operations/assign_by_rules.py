from datetime import datetime
from typing import Any

from customers.models import User
from services.assignment import next_turn
from services.choices import EventKind
from services.models import Agent, AssignmentRule, Ticket
from services.operations.find_agent import Found, find_agent
from services.operations.notify_assigned import notify_assigned
from services.operations.ticket_change import TicketChange, changing

# Of a large team the history names so many who were passed over, and counts the rest.
MOST_NAMED = 40


def assign_by_rules(
    *, ticket: Ticket, by: User | None, at: datetime, reason: str = "", expected_version: int | None = None
) -> Ticket:
    """Have the assignment rules decide who gets the ticket, and write the decision and why the others were passed over
    into its history, also where nobody can be found. Who has it now is not asked: it goes to somebody else. Where
    nobody else is found, an agent who is there keeps it; one who is away loses it.

    `reason` says why the rules were asked. Raises StaleVersion, TicketIsFinal."""
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        change.require_not_final()
        decide_by_rules(change, reason=reason)
    return ticket


def decide_by_rules(change: TicketChange, *, reason: str = "", only_if_found: bool = False) -> Found:
    """The same within a change that goes on. The candidates stay locked until its transaction ends.
    `only_if_found`: where nobody is found, nothing is written."""
    ticket, at = change.ticket, change.recorded_at
    found = find_agent(ticket=ticket, at=at, lock=True)
    if found.agent is None and only_if_found:
        return found
    holder = ticket.assignee
    kept = holder if holder is not None and holder.takes_tickets(at) else None
    to = found.agent or kept
    if to != holder:
        change.set(assignee=to)
    event = change.record(EventKind.ASSIGNED, **as_json(found, to=to, reason=reason))
    if found.agent is not None:
        turn = next_turn(found.candidates, at=at)
        Agent.objects.filter(pk=found.agent.pk).update(last_assigned_at=turn)
        notify_assigned(event=event, to=found.agent, by=change.by, at=at)
    return found


def decide_on_opening(change: TicketChange) -> None:
    """Find an agent for a ticket that was opened without one. Without any rule nothing is decided."""
    if rules_are_used():
        decide_by_rules(change)


def decide_on_reopening(change: TicketChange) -> None:
    """Find another agent for a ticket on which work goes on while its assignee is away."""
    holder = change.ticket.assignee
    if holder is not None and not holder.takes_tickets(change.recorded_at) and rules_are_used():
        decide_by_rules(change, reason="reopened")


def rules_are_used() -> bool:
    """Whether there is any active rule."""
    return AssignmentRule.objects.filter(is_active=True).exists()


def as_json(found: Found, *, to: Agent | None, reason: str) -> dict[str, Any]:
    """The decision as it stands in the history: which rule (None: none was met), whom it gave the ticket to, and why
    the others were passed over. `to` is who has the ticket afterwards; `found` says whether the rules chose them."""
    considered = [one.as_json() for one in found.choice.considered]
    more = len(considered) - MOST_NAMED
    return {
        "rule": found.rule and found.rule.pk,
        "rule_name": found.rule.name if found.rule else "",
        "method": found.rule.method if found.rule else "",
        "to": to and to.pk,
        "name": to.name if to else "",
        "found": found.agent is not None,
        "considered": considered[:MOST_NAMED],
        **({"more": more} if more > 0 else {}),
        **({"reason": reason} if reason else {}),
    }
