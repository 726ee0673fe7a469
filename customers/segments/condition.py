"""From a definition to customers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from customers.models import Customer, Segment, User
from customers.querysets import CustomerQuerySet
from customers.segments.clauses import AllOf, AnyOf, Clause
from customers.segments.definition import Condition, Definition, Group, read_definition
from customers.segments.facts import Asking, Catalogue

JOINS: dict[str, Callable[[Sequence[Clause]], Clause]] = {"all": AllOf, "any": AnyOf}


def segment_customers(*, segment: Segment, user: User | None, at: datetime) -> CustomerQuerySet[Customer]:
    """The customers of a segment that this user may see; rows that are counted are those that they may see as well.

    `user` None is the system (policies, score versions): everybody. Asked by a person, a segment may become a campaign:
    whoever restricted the processing of their data is in none (GDPR art. 18, PIPL art. 44). Raises SegmentInvalid where
    the segment asks for what there is no more, or for what the user may not see."""
    customers: Any = Customer.objects.living() if user is None else Customer.objects.visible_to(user).for_campaigns()
    found: CustomerQuerySet[Customer] = customers.meeting(
        segment_condition(definition=segment.definition, user=user, at=at)
    )
    return found


def segment_condition(*, definition: Mapping[str, Any], user: User | None, at: datetime) -> Q:
    """The condition behind a definition, for any queryset of customers. Raises SegmentInvalid."""
    read = read_definition(definition, catalogue=Catalogue(user))
    return clause_of(read, Asking(user, at)).q()


def clause_of(definition: Definition, asking: Asking) -> Clause:
    """The customers that a definition means."""
    return JOINS[definition.match]([_group(group, asking) for group in definition.groups])


def _group(group: Group, asking: Asking) -> Clause:
    return JOINS[group.match]([_one(condition, asking) for condition in group.conditions])


def _one(condition: Condition, asking: Asking) -> Clause:
    return condition.fact.clause(condition.op, condition.value, condition.days, condition.where, asking)
