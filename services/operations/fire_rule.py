"""Apply one rule to one ticket: at most once for an event or a wait, at most so often, and written down."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Max

from customers.audit.origin import doing
from customers.models import User
from customers.operations.clean_attributes import BadAttributes
from services.choices import EventKind, NotificationKind, RuleOutcome
from services.models import Rule, RuleFiring, Ticket, TicketEvent, WaitingEvent
from services.operations.assign_ticket import AgentTakesNoTickets, AlreadyTaken
from services.operations.change_priority import TicketIsSolved
from services.operations.marking import marking
from services.operations.notify import notify
from services.operations.request_rating import MayNotBeAsked
from services.operations.rule_actions import DONE, FAILED, GONE, NOBODY, REFUSED, SAME, Occasion, do_action
from services.operations.rule_conditions import Conditions
from services.operations.ticket_change import TicketIsFinal
from services.transitions import IllegalTransition

MOST_AN_HOUR = 10
HOUR = timedelta(hours=1)
LONGEST_CHAIN = 10
# What a verb says when it will not: the action is refused, and the log says why. Everything else is a failure.
REFUSALS = (
    AgentTakesNoTickets,
    AlreadyTaken,
    BadAttributes,
    IllegalTransition,
    MayNotBeAsked,
    ObjectDoesNotExist,
    TicketIsFinal,
    TicketIsSolved,
    ValidationError,
)
# The database is busy or gone: nothing of this transaction stands, and it is tried again as a whole.
TRY_AGAIN = (OperationalError, InterfaceError)
WELL = {DONE, SAME, NOBODY}

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Cause:
    """Why a rule is asked: an event, or a wait since a moment. `chain`: the rules behind the event."""

    event: TicketEvent | None = None
    since: datetime | None = None
    chain: list[int] = field(default_factory=list)

    def key(self, rule: Rule, ticket: Ticket) -> str:
        """What is done once."""
        if self.event is not None:
            return f"e{rule.pk}:{self.event.pk}"
        since = self.since.timestamp() if self.since else 0
        return f"t{rule.pk}:{ticket.pk}:{since:.6f}"


@transaction.atomic
def fire_rule(*, rule: Rule, ticket: Ticket, cause: Cause, met: Conditions, at: datetime) -> RuleFiring | None:
    """Do what a rule says to a ticket that the caller has locked and that meets its conditions; None where it was done
    for this cause already, or a rule in the chain behind the event is this one.

    Each action is done by itself: one that is refused or breaks undoes nothing of the others. Events that they cause
    carry the chain on. After MOST_AN_HOUR firings in an hour the ticket is left alone: that is written down once for
    each rule and hour, and whoever may change rules is told."""
    key = cause.key(rule, ticket)
    if rule.pk in cause.chain or len(cause.chain) >= LONGEST_CHAIN or RuleFiring.objects.filter(key=key).exists():
        return None
    firing = RuleFiring(
        rule=rule,
        rule_name=rule.name,
        ticket=ticket,
        event=cause.event,
        since=cause.since,
        at=at,
        key=key,
        matched=met.as_json(),
        chain=cause.chain,
    )
    recent = RuleFiring.objects.filter(ticket=ticket, at__gt=at - HOUR).exclude(outcome=RuleOutcome.STOPPED)
    if recent.count() >= MOST_AN_HOUR:
        return _stop(firing, rule, ticket, at)
    last = TicketEvent.objects.filter(ticket=ticket).aggregate(last=Max("pk"))["last"] or 0
    occasion = Occasion(at=at, key=f"rule:{key}", reason=f"rule:{rule.name}", detail=rule.name, rule=rule.pk)
    with doing(f"rule {rule.pk}"):
        firing.actions = [_act(action, ticket, occasion, rule) for action in rule.actions]
    firing.outcome = _outcome(firing.actions)
    firing.error = next((one["error"] for one in firing.actions if one["outcome"] == FAILED), "")
    firing.save(force_insert=True)
    if any(one["outcome"] != SAME for one in firing.actions):  # else the history would only say that nothing happened
        with marking(ticket=ticket, at=at) as mark:
            told = {"outcome": firing.outcome, "actions": firing.actions}
            mark.record(EventKind.RULE, rule=rule.pk, rule_name=rule.name, firing=firing.pk, **told)
    caused = WaitingEvent.objects.filter(ticket=ticket, event__gt=last)
    caused.update(chain=[*cause.chain, rule.pk])
    return firing


def fire_safely(*, rule: Rule, ticket: Ticket, cause: Cause, met: Conditions, at: datetime) -> RuleFiring | None:
    """The same; a rule that breaks altogether is written down, and keeps no other from being asked."""
    try:
        return fire_rule(rule=rule, ticket=ticket, cause=cause, met=met, at=at)
    except TRY_AGAIN:
        raise
    except Exception as failure:
        error = type(failure).__name__
        logger.error("rule %s failed for ticket %s: %s", rule.pk, ticket.pk, error)
        ticket.refresh_from_db()
        return note_failure(rule=rule, ticket=ticket, cause=cause, error=error, at=at)


def note_failure(*, rule: Rule, ticket: Ticket, cause: Cause, error: str, at: datetime) -> RuleFiring:
    """Write down that a rule should have applied and could not."""
    told = {"rule_name": rule.name, "event": cause.event, "since": cause.since, "chain": cause.chain}
    firing, _made = RuleFiring.objects.get_or_create(
        key=cause.key(rule, ticket),
        defaults={
            "rule": rule,
            "ticket": ticket,
            "at": at,
            "outcome": RuleOutcome.FAILED,
            "error": error[:100],
            **told,
        },
    )
    return firing


def _act(action: dict[str, Any], ticket: Ticket, occasion: Occasion, rule: Rule) -> dict[str, Any]:
    """Do one action, or say why not."""
    outcome, error = FAILED, ""
    try:
        with transaction.atomic():
            outcome = do_action(action, ticket, occasion)
    except TRY_AGAIN:
        raise
    except REFUSALS as refusal:
        outcome, error = REFUSED, type(refusal).__name__
    except Exception as failure:  # one action that breaks keeps no other from being done
        error = type(failure).__name__
        logger.error("rule %s: %s failed for ticket %s: %s", rule.pk, action.get("action"), ticket.pk, error)
    if error:
        ticket.refresh_from_db()  # what the verb had set is undone in the database alone
    return {"action": str(action.get("action", "")), "outcome": outcome, "error": error}


def _outcome(actions: list[dict[str, Any]]) -> RuleOutcome:
    well = [one["outcome"] in WELL for one in actions]
    if all(well):
        return RuleOutcome.DONE
    if any(well):
        return RuleOutcome.PARTLY
    return RuleOutcome.FAILED if any(one["outcome"] in (FAILED, GONE) for one in actions) else RuleOutcome.PARTLY


def _stop(firing: RuleFiring, rule: Rule, ticket: Ticket, at: datetime) -> RuleFiring | None:
    """Write down that the ticket was left alone, once for a rule and hour, and tell who may do something about it."""
    hour = int(at.timestamp() // HOUR.total_seconds())
    firing.key, firing.outcome = f"s{rule.pk}:{ticket.pk}:{hour}", RuleOutcome.STOPPED
    if RuleFiring.objects.filter(key=firing.key).exists():
        return None
    firing.save(force_insert=True)
    logger.error("rules left ticket %s alone: %s firings in an hour", ticket.pk, MOST_AN_HOUR)
    key = f"stopped:{ticket.pk}:{hour}"
    kind = NotificationKind.STOPPED
    notify(user_ids=_keepers(ticket), ticket=ticket, kind=kind, detail=rule.name, key=key, at=at)
    return firing


def _keepers(ticket: Ticket) -> list[int]:
    """Who may change rules and sees the ticket."""
    users = User.objects.with_perm("services.change_rule").filter(is_staff=True)
    return [user.pk for user in users if Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()]
