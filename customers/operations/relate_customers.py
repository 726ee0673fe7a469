from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer, Relation, RelationType
from customers.operations.record_activity import record_activity


class RelationRefused(Exception):
    """These two cannot relate in this way. `field` names what is wrong. Nothing was written."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class AlreadyRelated(Exception):
    """The same relation is on record for an overlapping time. Nothing was written."""

    def __init__(self, relation: Relation) -> None:
        self.relation = relation
        super().__init__(_("This relation is already on record for that time."))


@transaction.atomic
def relate_customers(
    *,
    type: RelationType,
    from_customer: Customer,
    to_customer: Customer | None,
    at: datetime,
    role: str = "",
    since: date | None = None,
    until: date | None = None,
    strength: int = 3,
    note: str = "",
) -> Relation:
    """Relate a customer to another, or, where `to_customer` is None, to us. Raises RelationRefused, AlreadyRelated."""
    # One relation of a type at a time: two that make a circle together, or twice the same, cannot pass each other.
    type = RelationType.objects.select_for_update().get(pk=type.pk)
    _require_fitting(type, from_customer, to_customer)
    if since and until and until < since:
        raise RelationRefused("until", _("It ends before it begins."))
    if type.is_hierarchy and to_customer is not None:
        _require_no_circle(type, from_customer, to_customer)
    twin = _overlapping(type, from_customer, to_customer, since, until)
    if twin is not None:
        raise AlreadyRelated(twin)
    ends = [from_customer.pk] if to_customer is None else [from_customer.pk, to_customer.pk]
    record_activity(customer_ids=ends, at=at)
    return Relation.objects.create(
        type=type,
        from_customer=from_customer,
        to_customer=to_customer,
        role=role,
        since=since,
        until=until,
        strength=strength,
        note=note,
    )


def _require_fitting(type: RelationType, start: Customer, end: Customer | None) -> None:
    if type.is_with_us and end is not None:
        raise RelationRefused("to_customer", _("This is a relation to us: leave the other end empty."))
    if not type.is_with_us and end is None:
        raise RelationRefused("to_customer", _("This relation needs another customer."))
    if start == end:
        raise RelationRefused("to_customer", _("A customer cannot relate to itself."))
    if type.from_kind and start.kind != type.from_kind:
        raise RelationRefused("from_customer", _("This relation begins at another kind of customer."))
    if end is not None and type.to_kind and end.kind != type.to_kind:
        raise RelationRefused("to_customer", _("This relation leads to another kind of customer."))


def _require_no_circle(type: RelationType, start: Customer, end: Customer) -> None:
    """Walk the hierarchy on from `end`, one level a query: whoever stands there must not be `start`."""
    seen: set[int] = set()
    level = {end.pk}
    while level:
        if start.pk in level:
            raise RelationRefused("to_customer", _("That would make a circle: nobody may be their own parent."))
        seen |= level
        following = Relation.objects.filter(type=type, from_customer__in=level, to_customer__isnull=False)
        level = set(following.values_list("to_customer", flat=True)) - seen


def _overlapping(
    type: RelationType, start: Customer, end: Customer | None, since: date | None, until: date | None
) -> Relation | None:
    ends = Q(from_customer=start, to_customer=end)
    if type.is_symmetric and end is not None:  # told from the other end it is the same relation
        ends |= Q(from_customer=end, to_customer=start)
    same = Relation.objects.filter(ends, type=type)
    if until is not None:
        same = same.filter(Q(since=None) | Q(since__lte=until))
    if since is not None:
        same = same.filter(Q(until=None) | Q(until__gte=since))
    return same.first()
