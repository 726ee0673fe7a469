from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from customers.models import User
from customers.sql.time_limit import TookTooLong, at_most
from services.choices import RuleTrigger
from services.models import Rule, Ticket, TicketEvent
from services.operations.ask_rules_on_time import candidates
from services.operations.rule_actions import foresee
from services.operations.rule_conditions import are_met, conditions_of
from services.operations.rule_known import Known, Subject, parties_of, subject_of
from services.operations.rule_times import all_calendars, has_come
from services.operations.ticket_then import columns_then

MOST_SCANNED = 10_000
MOST_SHOWN = 50
AT_ONCE = 500
LONGEST_DAYS = 366
SECONDS = 10


@dataclass(frozen=True, slots=True)
class Tried:
    """One event, or wait, that a rule would apply to; what each of its actions would come to for the ticket as it
    stands now: (action, outcome)."""

    ticket: Ticket
    at: datetime
    event: TicketEvent | None
    actions: tuple[tuple[dict[str, Any], str], ...]


@dataclass(slots=True)
class Trial:
    """What a rule would have done. `is_capped`: there was more than is scanned at most; `took_too_long`: the database
    was stopped, and what was found until then is told."""

    days: int
    scanned: int = 0
    matched: int = 0
    tickets: set[int] = field(default_factory=set)
    shown: list[Tried] = field(default_factory=list)
    is_capped: bool = False
    took_too_long: bool = False


def try_rule(*, rule: Rule, user: User, days: int, at: datetime) -> Trial:
    """Ask a rule, saved or not, switched on or off, about the past `days`: of events, about each of its kind, with
    status, priority, queue, service type and agent as they were then, and all else as it is now; of time, about the
    tickets for which its time came, as they stand. Only about tickets that the user sees, the newest MOST_SCANNED of
    them. Writes nothing."""
    trial = Trial(days=min(max(days, 1), LONGEST_DAYS))
    since = at - timedelta(days=trial.days)
    subjects = _past_events if rule.trigger == RuleTrigger.EVENT else _past_waits
    conditions = conditions_of(rule.conditions)
    try:
        with at_most(SECONDS):
            for known, subject in subjects(rule, user, trial, since, at):
                if are_met(conditions, subject, known):
                    _count(rule, subject, trial, at)
    except TookTooLong:
        trial.took_too_long = True
    return trial


def _count(rule: Rule, subject: Subject, trial: Trial, at: datetime) -> None:
    ticket = subject.ticket
    if ticket is None:
        return
    trial.matched += 1
    trial.tickets.add(ticket.pk)
    if len(trial.shown) < MOST_SHOWN:
        foreseen = tuple((action, foresee(action, ticket, at=at)) for action in rule.actions)
        trial.shown.append(Tried(ticket, subject.at, subject.event, foreseen))


def _past_events(
    rule: Rule, user: User, trial: Trial, since: datetime, at: datetime
) -> Iterator[tuple[Known, Subject]]:
    events = TicketEvent.objects.visible_to(user).filter(kind__in=rule.events, at__gte=since, at__lte=at)
    keys = _newest(list(events.order_by("-pk").values_list("pk", flat=True)[: MOST_SCANNED + 1]), trial)
    for first in range(0, len(keys), AT_ONCE):
        page = TicketEvent.objects.filter(pk__in=keys[first : first + AT_ONCE]).select_related("ticket__assignee")
        rows = list(page.order_by("-pk"))
        known = Known(at=at, tickets=[row.ticket for row in rows], events=rows)
        columns = columns_then(rows)
        for row in rows:
            yield known, Subject(columns[row.pk], parties_of(row.ticket), row.at, row.ticket, row)


def _past_waits(rule: Rule, user: User, trial: Trial, since: datetime, at: datetime) -> Iterator[tuple[Known, Subject]]:
    tickets = candidates(rule, conditions_of(rule.conditions), all_calendars(), at=at, since=since)
    seen = tickets.filter(pk__in=Ticket.objects.visible_to(user).order_by().values("pk"))
    keys = _newest(list(seen.order_by("-pk").values_list("pk", flat=True)[: MOST_SCANNED + 1]), trial)
    for first in range(0, len(keys), AT_ONCE):
        rows = list(tickets.filter(pk__in=keys[first : first + AT_ONCE]).select_related("assignee").order_by("-pk"))
        known = Known(at=at, tickets=rows)
        for row in rows:
            if has_come(rule, row, known.hours(row.queue_id), at=at):
                yield known, subject_of(row, at=at)


def _newest(keys: Sequence[int], trial: Trial) -> Sequence[int]:
    trial.is_capped = len(keys) > MOST_SCANNED
    trial.scanned = min(len(keys), MOST_SCANNED)
    return keys[:MOST_SCANNED]
