import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from services.choices import RuleOutcome, RuleTrigger
from services.models import Rule, Ticket, WaitingEvent
from services.operations.fire_rule import Cause, fire_safely, note_failure
from services.operations.rule_conditions import Conditions, are_met, conditions_of, met_of
from services.operations.rule_known import Known, subject_of
from services.operations.ticket_change import lock_tickets

AT_ONCE = 500
# What rules cause is asked about at once, so many times; the rest waits for the next beat.
ROUNDS = 5
# Whoever begins with a ticket's events has so long, and with each attempt as much again, before another may try.
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 5

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadRule:
    """A rule with its conditions, read once for many tickets."""

    rule: Rule
    conditions: Conditions
    events: frozenset[str]


def ask_rules(*, at: datetime, most: int = AT_ONCE) -> int:
    """Ask the rules about the events that wait for them, oldest first, at most `most` a round; returns how many rules
    applied. May be lost, doubled or run twice at once.

    Most events are met by no rule: those are found out for all at once, and are done with. The events of a ticket that
    some rule is for are asked about under its lock, in order."""
    fired = 0
    for _round in range(ROUNDS):
        waiting = _waiting(at, most)
        if not waiting:
            break
        rules = event_rules()
        concerned = _concerned(waiting, rules, at=at)
        fired_now = sum(_ask_of(pk, rules, at=at) for pk in concerned)
        fired += fired_now
        if not fired_now and len(waiting) < most:
            break
    return fired


def event_rules() -> list[ReadRule]:
    """The active rules that wait for events, in their order."""
    rules = Rule.objects.filter(is_active=True, trigger=RuleTrigger.EVENT).order_by("position", "pk")
    return [ReadRule(rule, conditions_of(rule.conditions), frozenset(rule.events)) for rule in rules]


def _waiting(at: datetime, most: int) -> list[WaitingEvent]:
    waiting = WaitingEvent.objects.filter(due_at__lte=at).order_by("due_at", "event").select_related("event__ticket")
    return list(waiting[:most])


def _concerned(waiting: Sequence[WaitingEvent], rules: Iterable[ReadRule], *, at: datetime) -> list[int]:
    """The keys of the tickets of which some event meets a rule, in the order of their events; the other events are
    done with. What is read here may be old by the time it is locked, so it is asked again then."""
    tickets = {one.event.ticket_id: one.event.ticket for one in waiting}
    known = Known(at=at, tickets=tickets.values(), events=[one.event for one in waiting])
    of_ticket: dict[int, list[WaitingEvent]] = defaultdict(list)
    for one in waiting:
        of_ticket[one.event.ticket_id].append(one)
    concerned, others = [], []
    for pk, events in of_ticket.items():
        if any(_is_for(one, rules, known) for one in events):
            concerned.append(pk)
        else:
            others += [one.pk for one in events]
    if others:
        WaitingEvent.objects.filter(pk__in=others).delete()
    return concerned


def _is_for(one: WaitingEvent, rules: Iterable[ReadRule], known: Known) -> bool:
    subject = subject_of(one.event.ticket, at=one.event.at, event=one.event)
    return any(one.event.kind in rule.events and are_met(rule.conditions, subject, known) for rule in rules)


def _ask_of(ticket_id: int, rules: Sequence[ReadRule], *, at: datetime) -> int:
    """Ask the rules about the events of one ticket; returns how many applied."""
    mine = WaitingEvent.objects.filter(event__ticket=ticket_id)
    keys = list(mine.filter(due_at__lte=at).values_list("pk", "attempts"))
    tired = [pk for pk, attempts in keys if attempts >= MOST_ATTEMPTS]
    fresh = [(pk, attempts) for pk, attempts in keys if attempts < MOST_ATTEMPTS]
    if tired:
        _give_up(ticket_id, tired, rules, at=at)
    begun = sum(
        WaitingEvent.objects.filter(pk__in=[pk for pk, tries in fresh if tries == attempts], due_at__lte=at).update(
            attempts=F("attempts") + 1, due_at=at + LEASE * (attempts + 1)
        )
        for attempts in sorted({attempts for _pk, attempts in fresh})
    )
    if not begun:
        return 0
    try:
        return _do(ticket_id, rules, at=at)
    except Exception as error:  # one ticket keeps no other back; its events are tried again when the lease ends
        logger.error("rules could not be asked about ticket %s: %s", ticket_id, type(error).__name__)
        return 0


@transaction.atomic
def _do(ticket_id: int, rules: Sequence[ReadRule], *, at: datetime) -> int:
    """Under the ticket's lock: the events go, and what the rules say is done, together or not at all."""
    ticket = Ticket.objects.get(pk=ticket_id)
    lock_tickets(tickets=[ticket])
    waiting = list(WaitingEvent.objects.filter(event__ticket=ticket).order_by("event").select_related("event"))
    WaitingEvent.objects.filter(pk__in=[one.pk for one in waiting]).delete()
    fired = 0
    for one in waiting:
        for rule in rules:
            if one.event.kind not in rule.events or not (met := _met(rule, one, ticket, at=at)):
                continue
            cause = Cause(event=one.event, chain=one.chain)
            firing = fire_safely(rule=rule.rule, ticket=ticket, cause=cause, met=met, at=at)
            fired += firing is not None and firing.outcome != RuleOutcome.STOPPED
            if firing is not None and rule.rule.stops:
                break
    return fired


def _met(rule: ReadRule, one: WaitingEvent, ticket: Ticket, *, at: datetime) -> Conditions | None:
    """The conditions that the ticket meets as it stands after what other rules did; None where that is not enough."""
    known = Known(at=at, tickets=[ticket], events=[one.event])
    subject = subject_of(ticket, at=one.event.at, event=one.event)
    return met_of(rule.conditions, subject, known) if are_met(rule.conditions, subject, known) else None


def _give_up(ticket_id: int, keys: Sequence[int], rules: Iterable[ReadRule], *, at: datetime) -> None:
    """Write into the log of each rule that waited for them that these events were tried too often."""
    with transaction.atomic():
        for one in WaitingEvent.objects.filter(pk__in=keys).select_related("event__ticket"):
            for rule in rules:
                if one.event.kind in rule.events:
                    cause = Cause(event=one.event, chain=one.chain)
                    note_failure(rule=rule.rule, ticket=one.event.ticket, cause=cause, error="TriedTooOften", at=at)
        WaitingEvent.objects.filter(pk__in=keys).delete()
    logger.error("rules were not asked about %s events of ticket %s: tried too often", len(keys), ticket_id)
