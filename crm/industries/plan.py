"""What a preset for an industry is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from customers.operations.ensure_attributes import NewAttribute
from customers.operations.ensure_relation_types import NewRelationType
from services.choices import AssignmentMethod
from services.operations.ensure_ticket_attributes import NewTicketAttribute


@dataclass(frozen=True, slots=True)
class NewQueue:
    """A queue; replies in it take about so long, in seconds of business time."""

    name: str
    typical_reply_seconds: int


@dataclass(frozen=True, slots=True)
class NewRule:
    """An assignment rule: tickets of a queue of the preset go to agents with these skills. It is made as a proposal,
    to be switched on when the agents have their skills: until then it would find nobody."""

    name: str
    queue: str
    skills: tuple[str, ...] = ()
    method: str = AssignmentMethod.LEAST_LOAD


@dataclass(frozen=True, slots=True)
class Industry:
    """What a company of an industry starts with. `label` names its versions of the score models."""

    code: str
    label: str
    name: Any
    why: Any
    relation_types: tuple[NewRelationType, ...]
    attributes: tuple[NewAttribute, ...]
    queues: tuple[NewQueue, ...]
    service_types: Mapping[str, str]
    ticket_attributes: tuple[NewTicketAttribute, ...]
    skills: tuple[str, ...]
    rules: tuple[NewRule, ...]
    scores: Mapping[str, Mapping[str, float]]
    preferences: Mapping[str, Any]


def relation(code: str, name: Any, inverse_name: Any, **more: Any) -> NewRelationType:
    """A relation type. Its names are stored in English, and shown in the reader's language."""
    with override(None):
        return NewRelationType(code=code, name=str(name), inverse_name=str(inverse_name), **more)


def service_types(*pairs: tuple[str, Any]) -> dict[str, str]:
    """Service types, code to name: stored in English, and shown in the reader's language."""
    with override(None):
        return {code: str(name) for code, name in pairs}
