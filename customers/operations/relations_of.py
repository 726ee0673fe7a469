from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from customers.models import Relation, User
from customers.querysets import RelationQuerySet

# What a page or an answer reads of them: a customer may have thousands.
AT_MOST = 200


def relations_of(*, customer_ids: Collection[int], user: User, on: date) -> RelationQuerySet[Relation]:
    """The relations at whose ends one of these customers stands and that a user may see, with type and both ends.

    Take a slice of them. Those to us come first; then those that hold (or will) on a day before those that ended,
    hierarchies and households before others, close ones before loose ones: what a slice leaves out matters least."""
    rows = Relation.objects.visible_to(user).filter(_at_an_end(customer_ids))
    others = _unless(Q(to_customer=None))
    ended = _unless(Q(until=None) | Q(until__gte=on))
    distant = _unless(Q(type__is_hierarchy=True) | Q(type__is_household=True))
    return with_ends(rows).order_by(others, ended, distant, "-strength", "id")


def _unless(condition: Q) -> Case:
    """0 where it is so, else 1: to sort by."""
    return Case(When(condition, then=Value(0)), default=Value(1), output_field=IntegerField())


def with_ends(rows: Any) -> RelationQuerySet[Relation]:
    """The same relations with what is shown of their types and ends, in the same query."""
    ends = (f"{end}__{name}" for end in ("from_customer", "to_customer") for name in ("name", "kind", "country"))
    own = (field.name for field in Relation._meta.concrete_fields)
    found: RelationQuerySet[Relation] = rows.select_related("type", "from_customer", "to_customer").only(
        *own, "type", *ends
    )
    return found


def _at_an_end(customer_ids: Collection[int]) -> Q:
    if len(customer_ids) == 1:
        (only,) = customer_ids
        return Q(from_customer=only) | Q(to_customer=only)
    return Q(from_customer__in=customer_ids) | Q(to_customer__in=customer_ids)
