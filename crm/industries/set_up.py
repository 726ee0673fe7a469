"""Gives a company what its industry starts with: what is missing is made, what is here stays as staff left it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import override

from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.operations.ensure_labelled_version import ensure_labelled_version
from crm.industries.plan import Industry
from customers.models import CustomAttribute, RelationType, Team, User
from customers.operations.ensure_attributes import ensure_attributes
from customers.operations.ensure_relation_types import ensure_relation_types
from services.models import AssignmentRule, Queue, ServiceType, Skill, TicketAttribute
from services.operations.ensure_assignment_rule import ensure_assignment_rule
from services.operations.ensure_queue import ensure_queue
from services.operations.ensure_service_types import ensure_service_types
from services.operations.ensure_skills import ensure_skills
from services.operations.ensure_ticket_attributes import ensure_ticket_attributes


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a preset: the key it is known by, its name, and whether it is here already."""

    key: str
    name: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What setting up would do: the items of each kind."""

    industry: Industry
    kinds: dict[str, list[Item]]

    @property
    def is_done(self) -> bool:
        """Whether everything is here."""
        return all(item.is_here for items in self.kinds.values() for item in items)

    def missing(self, kind: str) -> set[str]:
        """The keys of what is not."""
        return {item.key for item in self.kinds[kind] if not item.is_here}

    def counts(self) -> dict[str, dict[str, int]]:
        """By kind, how many are made and how many stay as they are."""
        return {
            kind: {"created": len(self.missing(kind)), "unchanged": len(items) - len(self.missing(kind))}
            for kind, items in self.kinds.items()
        }


def plan_for(industry: Industry) -> Plan:
    """What is here of an industry's preset and what is not. Nine queries."""
    return Plan(
        industry,
        {
            "relation_types": _items(RelationType, "code", ((new.code, new.name) for new in industry.relation_types)),
            "attributes": _items(CustomAttribute, "code", ((new.code, new.name) for new in industry.attributes)),
            "queues": _items(Queue, "name", ((new.name, new.name) for new in industry.queues)),
            "service_types": _items(ServiceType, "code", industry.service_types.items()),
            "ticket_attributes": _items(
                TicketAttribute, "code", ((new.code, new.name) for new in industry.ticket_attributes)
            ),
            "skills": _items(Skill, "name", ((name, name) for name in industry.skills)),
            "assignment_rules": _items(AssignmentRule, "name", ((new.name, new.name) for new in industry.rules)),
            "score_versions": _items(ScoreModelVersion, "label", [(industry.label, industry.label)]),
            "preference_versions": _items(PreferenceModelVersion, "label", [(industry.label, industry.label)]),
        },
    )


def _items(model: Any, key: str, wanted: Iterable[tuple[str, str]]) -> list[Item]:
    pairs = list(wanted)
    keys: Collection[str] = [pair[0] for pair in pairs]
    here = set(model.objects.filter(**{f"{key}__in": keys}).values_list(key, flat=True))
    return [Item(key, name, key in here) for key, name in pairs]


@transaction.atomic
def set_up_industry(*, industry: Industry, team: Team, at: datetime, by: User | None = None) -> Plan:
    """Make what is missing of an industry's preset; queues are `team`'s. Returns what was here and what was made.

    The score models of the industry are put in force, measured on the customers as of `at`, and everybody is scored
    anew; in a company without facts they wait for the first. Where a version of the industry exists it stays as it is,
    in force or not: done again, nothing changes."""
    list(Team.objects.select_for_update().order_by("pk")[:1])  # of two at once one comes after the other
    plan = plan_for(industry)
    new = plan.missing
    ensure_relation_types(wanted=[row for row in industry.relation_types if row.code in new("relation_types")])
    ensure_attributes(wanted=[row for row in industry.attributes if row.code in new("attributes")])
    for queue in industry.queues:
        if queue.name in new("queues"):
            ensure_queue(name=queue.name, team=team, typical_reply_seconds=queue.typical_reply_seconds)
    ensure_service_types(names={code: industry.service_types[code] for code in new("service_types")})
    ensure_ticket_attributes(wanted=[row for row in industry.ticket_attributes if row.code in new("ticket_attributes")])
    ensure_skills(names=[name for name in industry.skills if name in new("skills")])
    _ensure_rules(plan, at)
    models: tuple[tuple[Any, Any], ...] = (
        (ScoreModelVersion, industry.scores),
        (PreferenceModelVersion, industry.preferences),
    )
    with override(None):
        note = str(industry.why)
    for model, parameters in models:
        ensure_labelled_version(model=model, label=industry.label, parameters=parameters, at=at, by=by, note=note)
    return plan


def _ensure_rules(plan: Plan, at: datetime) -> None:
    for rule in plan.industry.rules:
        if rule.name in plan.missing("assignment_rules"):
            skills = ensure_skills(names=rule.skills).values()
            queue = Queue.objects.get(name=rule.queue)
            ensure_assignment_rule(
                name=rule.name, at=at, queue=queue, method=rule.method, is_active=False, skills=skills
            )
