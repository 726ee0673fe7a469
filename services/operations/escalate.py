import logging
from datetime import datetime

from django.db.models import Exists, Q, QuerySet

from services.choices import EscalationAction
from services.models import Escalation, EscalationStep, Ticket
from services.operations.rule_times import CAUGHT_UP, Calendars, all_calendars, between, fired_in_wait, waiting_for
from services.operations.take_step import take_step

AT_ONCE = 200

logger = logging.getLogger(__name__)


def escalate(*, at: datetime, most: int = AT_ONCE) -> int:
    """Take the steps that are due: warnings before a target, and what policies say of a missed one. Returns how many
    were taken.

    Each step finds its tickets by one query over the indexed due times: "so many business minutes before or after" is
    turned into a bound for each calendar. take_step looks again under the ticket's lock, so this may be lost, doubled
    or run twice at once. At most `most` tickets of a step a call."""
    calendars = all_calendars()
    steps = EscalationStep.objects.select_related("agent__user").order_by("minutes", "pk")
    return sum(_take(ticket, step, at) for step in steps for ticket in due_for(step, calendars, at=at)[:most])


def _take(ticket: Ticket, step: EscalationStep, at: datetime) -> bool:
    try:
        return take_step(ticket=ticket, step=step, at=at) is not None
    except Exception as error:  # one ticket that cannot be escalated keeps no other back
        logger.error("step %s was not taken for ticket %s: %s", step.pk, ticket.pk, type(error).__name__)
        return False


def due_for(step: EscalationStep, calendars: Calendars, *, at: datetime) -> "QuerySet[Ticket]":
    """The tickets for which a step is due and was not taken in the wait that goes on, first those due first."""
    column = f"{step.clock}_due_at"
    due = between(column, step.minutes, calendars, at=at, since=at - CAUGHT_UP)
    if step.minutes < 0 and step.action == EscalationAction.NOTIFY:
        due &= Q(**{f"{column}__gte": at})  # what is missed already is no longer near
    taken = fired_in_wait(Escalation.objects.filter(step=step), step.clock)
    tickets = Ticket.objects.filter(due, ~Exists(taken), policy=step.policy_id, **waiting_for(step.clock))
    return tickets.order_by(column)
