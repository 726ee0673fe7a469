"""Who a segment means right now: the sentence, the count, the first few."""

from datetime import datetime
from typing import Any

from customers.admin.segment_state import BuilderState, definition_of
from customers.models import Customer, Segment, User
from customers.segments.condition import clause_of, segment_customers
from customers.segments.definition import SegmentInvalid, read_definition
from customers.segments.facts import Asking, Catalogue
from customers.segments.sentence import sentence_of
from customers.sql.time_limit import TookTooLong, at_most

SHOWN = 10
# Nobody looks at a page for longer.
SECONDS = 10


def preview(state: BuilderState, *, user: User, at: datetime) -> dict[str, Any]:
    """What the panel beside the builder shows."""
    if not any(condition.fact for group in state.groups for condition in group.conditions):
        return {"is_empty": True}
    catalogue = Catalogue(user)
    try:
        definition = read_definition(definition_of(state, catalogue), catalogue=catalogue)
    except SegmentInvalid as error:
        return {"problems": error.sentences()}
    customers = Customer.objects.visible_to(user).for_campaigns().meeting(clause_of(definition, Asking(user, at)).q())
    return {
        "sentence": sentence_of(definition, catalogue=catalogue),
        **_look(customers, first=SHOWN),
    }


def counted(segment: Segment, *, user: User, at: datetime) -> dict[str, Any]:
    """The count of a segment, or why there is none."""
    try:
        return _look(segment_customers(segment=segment, user=user, at=at), first=0)
    except SegmentInvalid as error:
        return {"problems": error.sentences()}


def _look(customers: Any, *, first: int) -> dict[str, Any]:
    found: dict[str, Any] = {"first": []}
    try:
        with at_most(SECONDS):
            found["count"] = customers.order_by().count()
            if first:
                found["first"] = list(customers.order_by("-pk")[:first])
    except TookTooLong:
        found["took_too_long"] = SECONDS
    return found
