"""What the page of a customer says of relations: sentences, what they are to us, household, hierarchy, picture."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from customers.admin.neighbourhood_picture import picture_of
from customers.models import Customer, Relation
from customers.operations.hierarchy import hierarchy
from customers.operations.household import household
from customers.operations.neighbourhood import neighbourhood
from customers.operations.relations_of import AT_MOST, relations_of


@dataclass(frozen=True, slots=True)
class Sentence:
    """A relation as it reads from this customer's end: `verb` and the other party (None: us)."""

    relation: Relation
    verb: str
    other: Customer | None
    is_past: bool
    is_ahead: bool


def relations_card(customer: Customer, request: HttpRequest, *, at: datetime) -> dict[str, Any]:
    """The context of the section; empty for whoever may see no relation. Two queries, one more for each: whoever lives
    together further off, a hierarchy above."""
    user: Any = request.user
    if not user.has_perm("customers.view_relation"):
        return {"relations": [], "with_us": []}
    today = timezone.localdate(at)
    known = list(relations_of(customer_ids=[customer.pk], user=user, on=today)[: AT_MOST + 1])
    sentences = [sentence_of(row, customer, today) for row in known[:AT_MOST]]
    others = [sentence for sentence in sentences if sentence.other is not None]
    around = neighbourhood(customer=customer, user=user, on=today, known=known)
    living = household(customer=customer, user=user, on=today, known=around.read)
    standing = hierarchy(customer=customer, user=user, on=today, known=known)
    return {
        "relations": others,
        "has_more_relations": len(known) > AT_MOST,
        "with_us": sorted((s for s in sentences if s.other is None), key=_by_beginning),
        "household": living if len(living.members) > 1 else None,
        "standing": standing or None,
        "picture": picture_of(around),
        "today": today,
        "may_relate": user.has_perm("customers.add_relation"),
        "may_change_relations": user.has_perm("customers.change_relation"),
    }


def sentence_of(relation: Relation, customer: Customer, today: date) -> Sentence:
    """A relation read from the customer's end."""
    verb, other = relation.seen_from(customer.pk)
    ahead = relation.since is not None and relation.since > today
    return Sentence(relation, verb, other, relation.ended_by(today), ahead)


def _by_beginning(sentence: Sentence) -> tuple[date, int]:
    return sentence.relation.since or date.min, sentence.relation.pk
