from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When

from customers.models import Relation, User
from customers.querysets import RelationQuerySet

# What a page or an answer reads of them: a customer may have thousands.
AT_MOST = 200


def relations_of(*, customer_ids: Collection[int], user: User, on: date) -> RelationQuerySet[Relation]:
    """The relations at whose ends one of these customers stands and that a user may see, with type and both ends:
    those that hold (or will) on a day before those that ended, close ones before loose ones. Take a slice of them."""
    ended = Case(When(until__lt=on, then=Value(1)), default=Value(0), output_field=IntegerField())
    rows = Relation.objects.visible_to(user).filter(_at_an_end(customer_ids))
    return with_ends(rows).order_by(ended, "-strength", "id")


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
