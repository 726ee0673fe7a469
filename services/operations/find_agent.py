"""Which rule decides about a ticket, and whom it gives the ticket to. Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Count

from services.assignment import Candidate, Choice, choose
from services.choices import AssignmentMethod
from services.models import Agent, AssignmentRule, ServiceType, Ticket
from services.operations.rule_conditions import column_conditions, first_unmet
from services.operations.rule_known import Columns, Known, Subject, parties_of, subject_of

Skills = frozenset[str]

OF_COLUMNS = ("queue", "service_type", "priority", "channel")
CONDITIONS = (*OF_COLUMNS, "segment")  # in the order in which they are asked


@dataclass(frozen=True, slots=True)
class Found:
    """The rule that the ticket meets (None: it meets none), its choice, and the candidates by key. `unmet`: the rules
    before it, each with the first condition that the ticket does not meet."""

    rule: AssignmentRule | None
    choice: Choice = field(default_factory=lambda: Choice(None))
    agents: dict[int, Agent] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    unmet: tuple[tuple[AssignmentRule, str], ...] = ()

    @property
    def agent(self) -> Agent | None:
        """Who gets the ticket."""
        return self.agents[self.choice.agent.key] if self.choice.agent else None


def active_rules() -> list[AssignmentRule]:
    """The rules in the order in which they are tried."""
    return list(AssignmentRule.objects.filter(is_active=True).select_related("segment").order_by("position", "pk"))


def find_agent(*, ticket: Ticket, at: datetime, lock: bool, rules: Sequence[AssignmentRule] | None = None) -> Found:
    """Find the first active rule that the ticket meets, and the agent whom it chooses.

    `lock`: the candidates' rows are locked, in the order of their keys, until the transaction ends, so that two tickets
    at once see one another's load and turn."""
    unmet: list[tuple[AssignmentRule, str]] = []
    for rule in active_rules() if rules is None else rules:
        condition = condition_unmet(rule, ticket, at=at)
        if not condition:
            return _chosen(rule, ticket, at=at, lock=lock, unmet=unmet)
        unmet.append((rule, condition))
    return Found(None, unmet=tuple(unmet))


def condition_unmet(rule: AssignmentRule, ticket: Ticket, *, at: datetime) -> str:
    """The first condition of a rule that the ticket does not meet; empty: it meets all. The segment is asked last,
    since that takes a query; it is met by the customer or the requester, as that of an SLA policy is."""
    segments = [rule.segment] if rule.segment else []
    known = Known(at=at, customer_ids=parties_of(ticket), segments=segments)
    unmet = first_unmet(column_conditions(rule, CONDITIONS), subject_of(ticket, at=at), known)
    return unmet.field if unmet else ""


def condition_unmet_by(
    rule: AssignmentRule, *, queue_id: int, service_type_id: int | None, priority: int, channel: str, at: datetime
) -> str:
    """The same without the segment, of any ticket with these columns. Asks nothing."""
    subject = Subject(Columns(queue_id, service_type_id, priority, channel), frozenset(), at)
    unmet = first_unmet(column_conditions(rule, OF_COLUMNS), subject, Known(at=at))
    return unmet.field if unmet else ""


def candidates_of(rule: AssignmentRule, *, team_id: int, lock: bool) -> tuple[dict[int, Agent], list[Candidate]]:
    """The agents among whom a rule chooses, with their loads and skills, in the order of their keys."""
    people = _named_by(rule) or Agent.objects.filter(user__teams=team_id)
    here = dict(people.order_by("pk").values_list("pk", "user__is_active"))
    rows = Agent.objects.filter(pk__in=here).order_by("pk")
    if lock:
        # Weaker than a full lock where there is such a thing: it does not stop tickets from being handed to the agent.
        rows = rows.select_for_update(no_key=connection.features.has_select_for_no_key_update)
    agents = {agent.pk: agent for agent in rows}
    loads, skills = _loads(agents), _skills_of_agents(agents)
    return agents, [
        Candidate(
            key=agent.pk,
            name=agent.name,
            load=loads.get(agent.pk, 0),
            capacity=agent.capacity,
            is_active=agent.is_active and here[agent.pk],
            away_from=agent.away_from,
            away_until=agent.away_until,
            skills=frozenset(skills.get(agent.pk, ())),
            last_assigned_at=agent.last_assigned_at,
        )
        for agent in agents.values()
    ]


def skills_asked(rule: AssignmentRule, service_type_id: int | None) -> Skills:
    """What an agent must know for a ticket of this type under this rule."""
    of_type = ServiceType.skills.through.objects.filter(servicetype=service_type_id) if service_type_id else None
    names = {*rule.skills.values_list("name", flat=True)}
    return frozenset(names | ({*of_type.values_list("skill__name", flat=True)} if of_type is not None else set()))


def _chosen(
    rule: AssignmentRule, ticket: Ticket, *, at: datetime, lock: bool, unmet: list[tuple[AssignmentRule, str]]
) -> Found:
    agents, candidates = candidates_of(rule, team_id=ticket.queue.team_id, lock=lock)
    choice = choose(
        candidates,
        method=rule.method,
        skills=skills_asked(rule, ticket.service_type_id),
        at=at,
        holder=ticket.assignee_id,
    )
    return Found(rule, choice, agents, tuple(candidates), tuple(unmet))


def _named_by(rule: AssignmentRule) -> Any:
    """The agents whom a rule names; None: it names nobody, so that the team is asked."""
    if rule.method == AssignmentMethod.AGENT:
        return Agent.objects.filter(pk__in=[rule.agent_id])
    named = list(rule.agents.values_list("pk", flat=True))
    return Agent.objects.filter(pk__in=named) if named else None


def _loads(keys: Iterable[int]) -> dict[int, int]:
    """The number of unsolved tickets of each agent."""
    rows = Ticket.objects.unsolved().filter(assignee__in=list(keys)).order_by().values_list("assignee")
    return dict(rows.annotate(number=Count("pk")))


def _skills_of_agents(keys: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    pairs = Agent.skills.through.objects.filter(agent__in=list(keys)).values_list("agent", "skill__name")
    for agent, name in pairs:
        found.setdefault(agent, []).append(name)
    return found
