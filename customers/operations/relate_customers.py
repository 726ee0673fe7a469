from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import Customer, Relation, RelationType
from customers.operations.circles import hierarchy_above, period
from customers.operations.record_activity import customers_of, record_activity


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
    type = locked_type(type.pk)
    relation = Relation(
        type=type,
        from_customer=from_customer,
        to_customer=to_customer,
        role=role,
        since=since,
        until=until,
        strength=strength,
        note=note,
    )
    require_two_ends(relation)
    record_activity(customer_ids=customers_of(relation), at=at)  # first: the lock keeps them of one kind
    kinds = dict(Customer.objects.filter(pk__in=customers_of(relation)).values_list("pk", "kind"))
    require_fitting_kinds(relation, kinds)
    require_free_days(relation)
    relation.save(force_insert=True)
    return relation


def locked_type(pk: int) -> RelationType:
    """The type, locked: one relation of a type at a time is written, so that two that make a circle together, or twice
    the same, cannot pass each other, and the type stays as it is meanwhile. A relation is locked after its type."""
    return RelationType.objects.select_for_update().get(pk=pk)


def require_two_ends(relation: Relation) -> None:
    """Refuse a relation with one end too many or too few."""
    if relation.type.is_with_us and relation.to_customer_id is not None:
        raise RelationRefused("to_customer", _("This is a relation to us: leave the other end empty."))
    if not relation.type.is_with_us and relation.to_customer_id is None:
        raise RelationRefused("to_customer", _("This relation needs another customer."))
    if relation.from_customer_id == relation.to_customer_id:
        raise RelationRefused("to_customer", _("A customer cannot relate to itself."))


def require_fitting_kinds(relation: Relation, kinds: Mapping[int, str]) -> None:
    """Refuse a relation that joins other kinds of customers (`kinds` by key) than its type does."""
    type, end = relation.type, relation.to_customer_id
    if type.from_kind and kinds.get(relation.from_customer_id) != type.from_kind:
        raise RelationRefused("from_customer", _("This relation begins at another kind of customer."))
    if end is not None and type.to_kind and kinds.get(end) != type.to_kind:
        raise RelationRefused("to_customer", _("This relation leads to another kind of customer."))


def require_free_days(relation: Relation) -> None:
    """Refuse a relation that ends before it begins, is on record already for some of its days, or closes a circle on
    one of them. Its type is locked; it may be new, or on record with other days."""
    if relation.since and relation.until and relation.until < relation.since:
        raise RelationRefused("until", _("It ends before it begins."))
    twin = _overlapping(relation)
    if twin is not None:
        raise AlreadyRelated(twin)
    if relation.type.is_hierarchy and relation.to_customer_id is not None:
        ends = relation.from_customer_id, relation.to_customer_id
        above = hierarchy_above(relation.type, ends, leave_out=Q(pk=relation.pk or 0))
        if above.would_close(relation.type, *ends, period(relation.since, relation.until)):
            raise RelationRefused("to_customer", _("That would make a circle: nobody may be their own parent."))


def _overlapping(relation: Relation) -> Relation | None:
    start, end = relation.from_customer_id, relation.to_customer_id
    ends = Q(from_customer=start, to_customer=end)
    if relation.type.is_symmetric and end is not None:  # told from the other end it is the same relation
        ends |= Q(from_customer=end, to_customer=start)
    same = Relation.objects.filter(ends, type=relation.type).exclude(pk=relation.pk)
    if relation.until is not None:
        same = same.filter(Q(since=None) | Q(since__lte=relation.until))
    if relation.since is not None:
        same = same.filter(Q(until=None) | Q(until__gte=relation.since))
    return same.first()
