from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from services.assignment import choose
from services.choices import UNSOLVED
from services.models import AssignmentRule, Ticket
from services.operations.assign_by_rules import decide_by_rules
from services.operations.find_agent import active_rules, candidates_of, condition_unmet_by, skills_asked
from services.operations.ticket_change import changing
from services.querysets import TicketQuerySet

# Of one beat.
MOST_GIVEN = 100
MOST_LOOKED_AT = 200

Kind = tuple[int, int, int | None, int, str]  # queue, its team, service type, priority, channel


def assign_waiting(*, at: datetime) -> int:
    """Give unsolved tickets that nobody has to agents who can take them now: the most urgent first, then the oldest.
    Returns how many were given. Each in a transaction of its own; a ticket that somebody took meanwhile is left alone,
    so that it may be done twice, or twice at once.

    Tickets of other systems, which were imported, are left to people. Where no agent of a rule has room, none of its
    tickets is looked at."""
    rules = active_rules()
    if not rules:
        return 0
    waiting = Ticket.objects.filter(assignee=None, status__in=UNSOLVED, source="").order_by()
    columns = ("queue", "queue__team", "service_type", "priority", "channel")
    promising = [kind for kind in waiting.values_list(*columns).distinct() if _has_room(kind, rules, at=at)]
    given = 0
    for pk in _oldest(waiting, promising):
        given += _give(pk, at=at)
        if given == MOST_GIVEN:
            break
    return given


def _oldest(waiting: TicketQuerySet[Ticket], kinds: Sequence[Kind]) -> list[int]:
    """The keys of the first tickets of these kinds."""
    if not kinds:
        return []
    of_kind = Q()
    for queue, _team, service_type, priority, channel in kinds:
        of_kind |= Q(queue=queue, service_type=service_type, priority=priority, channel=channel)
    rows = waiting.filter(of_kind).order_by("-priority", "pk")
    return list(rows.values_list("pk", flat=True)[:MOST_LOOKED_AT])


def _has_room(kind: Kind, rules: Sequence[AssignmentRule], *, at: datetime) -> bool:
    """Whether some rule that may decide about tickets of this kind has an agent for them. Asks no segment."""
    queue, team, service_type, priority, channel = kind
    for rule in rules:
        unmet = condition_unmet_by(
            rule, queue_id=queue, service_type_id=service_type, priority=priority, channel=channel, at=at
        )
        if unmet:
            continue
        _agents, candidates = candidates_of(rule, team_id=team, lock=False)
        if choose(candidates, method=rule.method, skills=skills_asked(rule, service_type), at=at).agent:
            return True
        if rule.segment_id is None:
            return False  # this rule decides, whoever the customer is
    return False


def _give(pk: int, *, at: datetime) -> bool:
    """Have the rules decide about one ticket that nobody has; whether they found somebody."""
    ticket = Ticket.objects.filter(pk=pk, assignee=None).first()
    if ticket is None:
        return False
    with changing(ticket=ticket, by=None, at=at) as change:
        if ticket.assignee_id is not None or not ticket.is_unsolved:
            return False
        return decide_by_rules(change, reason="waiting", only_if_found=True).agent is not None
