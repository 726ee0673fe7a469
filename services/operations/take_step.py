from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from services.choices import EscalationAction, EventKind, NotificationKind
from services.models import Escalation, EscalationStep, Ticket
from services.operations.marking import marking
from services.operations.record_breaches import tell_breaches
from services.operations.refresh_clocks import HistoryEvent, compute_clocks
from services.operations.rule_actions import DONE, Occasion, do_action, foresee
from services.operations.rule_times import moment_after, wait_begun
from services.operations.sla_terms import Terms


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
            ticket=ticket, step=step, since=since, at=at, outcome=foresee(action_of(step), ticket, at=at)
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
        do_action(action_of(step), ticket, _words(step, taken, at))
    return taken


def due_since(
    ticket: Ticket, events: Sequence[HistoryEvent], terms: Terms, step: EscalationStep, *, at: datetime
) -> datetime | None:
    """The beginning of the wait that goes on, where the step is due for it at `at`; else None."""
    if not ticket.is_unsolved or ticket.policy_id != step.policy_id:
        return None
    clocks = compute_clocks(events=events, terms=terms, at=at)
    due_at: datetime | None = getattr(clocks, f"{step.clock}_due_at")
    if due_at is None or moment_after(due_at, step.minutes, terms.hours) > at:
        return None
    return wait_begun(ticket, events, step.clock, at=at)


def action_of(step: EscalationStep) -> dict[str, Any]:
    """What a step does, as an action of a rule."""
    if step.action == EscalationAction.RAISE_PRIORITY:
        return {"action": "raise_priority"}
    if step.action == EscalationAction.REASSIGN and step.agent_id is None:
        return {"action": "assign_by_rules"}
    if step.action == EscalationAction.REASSIGN:
        return {"action": "assign", "agent": step.agent_id}
    return {"action": "notify", "assignee": True, "agent": step.agent_id}


def _words(step: EscalationStep, taken: Escalation, at: datetime) -> Occasion:
    kind = NotificationKind.WARNING if step.minutes < 0 else NotificationKind.BREACH
    return Occasion(at=at, key=f"step:{taken.pk}", reason="escalated", kind=kind, detail=step.clock)
