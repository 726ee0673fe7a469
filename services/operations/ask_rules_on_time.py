import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from services.choices import RuleOutcome, RuleTrigger
from services.models import Rule, Ticket
from services.operations.fire_rule import Cause, fire_safely
from services.operations.rule_conditions import Condition, Conditions, are_met, conditions_of, met_of
from services.operations.rule_fields import FIELDS, Op
from services.operations.rule_known import Known, subject_of
from services.operations.rule_times import (
    CAUGHT_UP,
    DUE,
    Calendars,
    all_calendars,
    due_for_rule,
    fired_of,
    has_come,
    not_fired,
    wait_begun,
)
from services.operations.ticket_change import lock_tickets

# A rule on time is asked once a minute, and looks at so many tickets then; the next minute goes on behind them.
EVERY = timedelta(seconds=60)
AT_ONCE = 500

logger = logging.getLogger(__name__)


def ask_rules_on_time(*, at: datetime, most: int = AT_ONCE) -> int:
    """Ask the rules on time whose minute has come, in their order; returns how many times one applied. May be lost,
    doubled or run twice at once: each wait of a ticket has a firing of its own, and only one worker has a rule's
    minute."""
    asked = Q(looked_at=None) | Q(looked_at__lte=at - EVERY)
    rules = list(Rule.objects.filter(asked, is_active=True, trigger=RuleTrigger.TIME).order_by("position", "pk"))
    calendars = all_calendars() if rules else []
    return sum(_look(rule, calendars, at=at, most=most) for rule in rules if _take(rule, at))


def _take(rule: Rule, at: datetime) -> bool:
    """Have the minute of a rule; False: somebody else has it."""
    return bool(Rule.objects.filter(pk=rule.pk, looked_at=rule.looked_at).update(looked_at=at))


def _look(rule: Rule, calendars: Calendars, *, at: datetime, most: int) -> int:
    """Ask one rule about the next tickets for which its time has come."""
    conditions = conditions_of(rule.conditions)
    try:
        tickets = candidates(rule, conditions, calendars, at=at, since=at - CAUGHT_UP).filter(not_fired(rule))
        found = list(tickets.filter(pk__gt=rule.looked_up_to)[:most])
        known = Known(at=at, tickets=found)
        fired = fired_of(rule, found)
        waiting = [ticket for ticket in found if (ticket.pk, getattr(ticket, "wait_since", None)) not in fired]
        due = [ticket for ticket in waiting if has_come(rule, ticket, known.hours(ticket.queue_id), at=at)]
        met = [ticket for ticket in due if are_met(conditions, subject_of(ticket, at=at), known)]
        applied = sum(_apply(ticket.pk, rule, conditions, calendars, at=at) for ticket in met)
        end = found[-1].pk if len(found) == most else 0
        if end != rule.looked_up_to:
            Rule.objects.filter(pk=rule.pk).update(looked_up_to=end)
        return applied
    except Exception as error:  # one rule keeps no other back
        logger.error("rule %s could not be asked: %s", rule.pk, type(error).__name__)
        return 0


def candidates(
    rule: Rule, conditions: Conditions, calendars: Calendars, *, at: datetime, since: datetime
) -> "QuerySet[Ticket]":
    """The tickets for which the time of a rule came since then, without those that its conditions cannot be for."""
    return due_for_rule(rule, calendars, at=at, since=since).filter(*narrowed(conditions.all))


def narrowed(conditions: Iterable[Condition]) -> list[Q]:
    """Of conditions that all must be met, those about columns, as a first sieve of the database. It lets through every
    ticket that meets them; who is in is decided by are_met alone."""
    found = []
    for one in conditions:
        field = FIELDS.get(one.field)
        if field is None or not field.column:
            continue
        if one.op == Op.IS and isinstance(one.value, list):
            found.append(Q(**{f"{field.column}__in": one.value}))
        elif one.op == Op.EMPTY:
            found.append(Q(**{f"{field.column}__isnull": True}))
        elif one.op == Op.NOT_EMPTY:
            found.append(Q(**{f"{field.column}__isnull": False}))
    return found


def _apply(ticket_id: int, rule: Rule, conditions: Conditions, calendars: Calendars, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            ticket = Ticket.objects.get(pk=ticket_id)
            lock_tickets(tickets=[ticket])
            known, subject = Known(at=at, tickets=[ticket]), subject_of(ticket, at=at)
            since = _since(ticket, rule, calendars, known, at=at)
            if since is None or not are_met(conditions, subject, known):
                return False
            met = met_of(conditions, subject, known)
            firing = fire_safely(rule=rule, ticket=ticket, cause=Cause(since=since), met=met, at=at)
            return firing is not None and firing.outcome != RuleOutcome.STOPPED
    except Exception as error:  # one ticket keeps no other back
        logger.error("rule %s was not applied to ticket %s: %s", rule.pk, ticket_id, type(error).__name__)
        return False


def _since(ticket: Ticket, rule: Rule, calendars: Calendars, known: Known, *, at: datetime) -> datetime | None:
    """The beginning of the wait for which the time of the rule has come, as it stands under the lock."""
    row = due_for_rule(rule, calendars, at=at, since=at - CAUGHT_UP).filter(pk=ticket.pk).first()
    if row is None or not has_come(rule, row, known.hours(row.queue_id), at=at):
        return None
    if rule.anchor in DUE:
        return wait_begun(ticket, list(ticket.events.all()), rule.anchor, at=at)
    wait_since: datetime | None = getattr(row, "wait_since", None)
    return wait_since
