from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import ngettext

from customers.models import Relation, RelationType
from customers.operations.circles import count_in_circles
from customers.operations.relate_customers import RelationRefused
from customers.operations.revise_row import revise_row

# What relations on record depend on.
RULES = ("from_kind", "to_kind", "is_with_us", "is_hierarchy")


class RelationsStandAgainstIt(RelationRefused):
    """Relations on record break what the type is to become. Nothing was written."""

    def __init__(self, field: str, count: int) -> None:
        self.count = count
        text = ngettext(
            "%(count)d relation on record does not fit. Change or delete it first.",
            "%(count)d relations on record do not fit. Change or delete them first.",
            count,
        )
        super().__init__(field, text % {"count": count})


@transaction.atomic
def revise_relation_type(
    *, row: RelationType, changes: dict[str, Any], at: datetime, expected_version: int | None = None
) -> RelationType:
    """Change a relation type, in so far as the relations that have it allow.

    The type is locked first, as it is by whoever writes a relation: none that breaks the new rules can slip in.
    Raises StaleVersion, ValidationError, RelationsStandAgainstIt."""
    before = RelationType.objects.select_for_update().get(pk=row.pk)
    revised = revise_row(row=row, changes=changes, at=at, expected_version=expected_version)
    for field in RULES:
        if getattr(revised, field) != getattr(before, field):
            _require_none_against(revised, field)
    return revised


def _require_none_against(type: RelationType, field: str) -> None:
    relations = Relation.objects.filter(type=type)
    if field == "from_kind":
        count = relations.exclude(from_customer__kind=type.from_kind).count() if type.from_kind else 0
    elif field == "to_kind":
        count = relations.filter(~Q(to_customer__kind=type.to_kind), _has_end(True)).count() if type.to_kind else 0
    elif field == "is_with_us":
        count = relations.filter(_has_end(type.is_with_us)).count()
    else:
        count = count_in_circles(type) if type.is_hierarchy else 0
    if count:
        raise RelationsStandAgainstIt(field, count)


def _has_end(yes: bool) -> Q:
    return Q(to_customer__isnull=not yes)
