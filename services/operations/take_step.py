from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from services.choices import EscalationAction, EventKind, NotificationKind, Priority, SLAClock
from services.models import Escalation, EscalationStep, Ticket
from services.operations.assign_by_rules import assign_by_rules
from services.operations.assign_ticket import assign_ticket
from services.operations.change_priority import change_priority
from services.operations.marking import marking
from services.operations.notify import notify
from services.operations.record_breaches import tell_breaches
from services.operations.refresh_clocks import HistoryEvent, clock_events, compute_clocks
from services.operations.sla_terms import Terms
from services.sla import clock
from services.sla.business_time import BusinessHours

DONE, AGENT_AWAY, HAS_IT, IS_URGENT, NOBODY = "done", "agent_away", "has_it", "is_urgent", "nobody"
"""Outcomes of a step: it was done; its agent takes no tickets at present, or has the ticket already; the ticket has the
highest priority already; there was nobody to tell."""


@transaction.atomic
def take_step(*, ticket: Ticket, step: EscalationStep, at: datetime) -> Escalation | None:
    """Take one escalation step for the wait of a ticket that goes on, if it is due and was not taken; None otherwise.

    The row that says so, the event and the effect are of one transaction under the ticket's lock, so that whoever asks
    twice, or twice at once, does it once. A step that cannot be done (its agent left) is taken, with that outcome."""
    with marking(ticket=ticket, at=at) as mark:
        tell_breaches(mark)  # the mark makes the columns know of them
        since = due_since(ticket, mark.history, mark.terms, step, at=mark.at)
        if since is None or Escalation.objects.filter(ticket=ticket, step=step, since=since).exists():
            return None
        taken = Escalation.objects.create(
            ticket=ticket, step=step, since=since, at=at, outcome=_foreseen(ticket, step, at)
        )
        is_warning = step.minutes < 0 and step.action == EscalationAction.NOTIFY
        mark.record(
            EventKind.WARNED if is_warning else EventKind.ESCALATED,
            step=step.pk,
            clock=step.clock,
            minutes=step.minutes,
            action=step.action,
            agent=step.agent_id,
            outcome=taken.outcome,
        )
    if taken.outcome == DONE:
        _do(ticket, step, taken, at)
    return taken


def due_since(
    ticket: Ticket, events: Sequence[HistoryEvent], terms: Terms, step: EscalationStep, *, at: datetime
) -> datetime | None:
    """The beginning of the wait that goes on, where the step is due for it at `at`; else None."""
    if not ticket.is_unsolved or ticket.policy_id != step.policy_id:
        return None
    clocks = compute_clocks(events=events, terms=terms, at=at)
    due_at: datetime | None = getattr(clocks, f"{step.clock}_due_at")
    if due_at is None or step_at(due_at, step.minutes, terms.hours) > at:
        return None
    history = clock_events(events)
    if step.clock == SLAClock.FIRST_REPLY:
        wait = clock.first_reply(history, at)
        return wait.asked_at if wait and wait.ended_at is None else None
    if step.clock == SLAClock.NEXT_REPLY:
        return clock.next_replies(history, at)[-1].asked_at
    if ticket.status not in clock.RUNNING:
        return None
    return max([events[0].at, *clock.reopened_at(history, at)])


def step_at(due_at: datetime, minutes: int, hours: BusinessHours) -> datetime:
    """The moment of a step: so many minutes of business time after a target is due, below zero before. A calendar that
    was not open for so long before makes it due at once, one that will not be makes it never due."""
    try:
        return hours.add(due_at, 60 * minutes) if minutes >= 0 else hours.subtract(due_at, -60 * minutes)
    except ValueError:
        return due_at + timedelta(days=365 * 100 * (1 if minutes > 0 else -1))


def _foreseen(ticket: Ticket, step: EscalationStep, at: datetime) -> str:
    """What will come of a step; told beforehand, so that the event says it."""
    if step.action == EscalationAction.RAISE_PRIORITY:
        return IS_URGENT if ticket.priority >= max(Priority) else DONE
    if step.action == EscalationAction.REASSIGN:
        if step.agent_id is not None and step.agent_id == ticket.assignee_id:
            return HAS_IT
        return DONE if step.agent is None or step.agent.takes_tickets(at) else AGENT_AWAY
    return DONE if _to_be_told(ticket, step) else NOBODY


def _do(ticket: Ticket, step: EscalationStep, taken: Escalation, at: datetime) -> None:
    if step.action == EscalationAction.RAISE_PRIORITY:
        change_priority(ticket=ticket, to=Priority(ticket.priority + 1), by=None, at=at)
    elif step.action == EscalationAction.REASSIGN and step.agent is None:
        assign_by_rules(ticket=ticket, by=None, at=at, reason="escalated")
    elif step.action == EscalationAction.REASSIGN:
        assign_ticket(ticket=ticket, to=step.agent, by=None, at=at)
    else:
        kind = NotificationKind.WARNING if step.minutes < 0 else NotificationKind.BREACH
        key = f"step:{taken.pk}"
        notify(user_ids=_to_be_told(ticket, step), ticket=ticket, kind=kind, detail=step.clock, key=key, at=at)


def _to_be_told(ticket: Ticket, step: EscalationStep) -> list[int]:
    return [agent.user_id for agent in (ticket.assignee, step.agent) if agent is not None]
