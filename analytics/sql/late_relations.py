from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.db.models import Count, Q

from analytics.scoring.relation_effects import Tie
from customers.choices import CustomerKind
from customers.models import Relation
from services.models import Ticket

# At most so many ids in one IN (...): SQLite and MariaDB slow down or refuse beyond.
IDS_AT_ONCE = 500

# What effects go along: a household, a hierarchy of organisations, and whatever joins an organisation and a person.
_CORPORATE = Q(
    type__is_hierarchy=True,
    from_customer__kind=CustomerKind.ORGANISATION,
    to_customer__kind=CustomerKind.ORGANISATION,
)
_EMPLOYED = Q(from_customer__kind=CustomerKind.PERSON, to_customer__kind=CustomerKind.ORGANISATION) | Q(
    from_customer__kind=CustomerKind.ORGANISATION, to_customer__kind=CustomerKind.PERSON
)
_FELT = Q(type__is_household=True) | _CORPORATE | _EMPLOYED


def late_tickets(*, at: datetime) -> dict[int, int]:
    """How many unsolved tickets of each customer have missed a target; of customers who have any."""
    late = Ticket.objects.unsolved().breached(at=at).order_by()
    return dict(late.values_list("customer").annotate(Count("pk")))


def ties_of(*, customer_ids: Collection[int], on: date) -> Iterator[Tie]:
    """The relations with one of these customers at an end, in force on a day, that effects go along. One with both
    ends among them may come twice.

    Plain rows, an index range a query: from whom it may concern outwards, never through all relations."""
    columns = ("pk", "from_customer", "to_customer", "strength", "type__is_hierarchy")
    kinds = ("from_customer__kind", "to_customer__kind")
    ordered = sorted(customer_ids)
    for start in range(0, len(ordered), IDS_AT_ONCE):
        some = ordered[start : start + IDS_AT_ONCE]
        for end in "from_customer", "to_customer":
            rows = Relation.objects.on(on).filter(_FELT, to_customer__isnull=False, **{f"{end}__in": some})
            for pk, first, second, strength, is_tree, *of in rows.order_by().values_list(*columns, *kinds):
                is_corporate = is_tree and of == [CustomerKind.ORGANISATION, CustomerKind.ORGANISATION]
                yield Tie(pk, first, second, strength, is_corporate)
