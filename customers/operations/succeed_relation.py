from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Relation, RelationType
from customers.operations.relate_customers import RelationRefused, relate_customers
from customers.operations.revise_relation import revise_relation


@transaction.atomic
def succeed_relation(
    *,
    relation: Relation,
    type: RelationType,
    since: date,
    at: datetime,
    role: str | None = None,
    strength: int | None = None,
    note: str = "",
    expected_version: int | None = None,
) -> Relation:
    """Say that a customer's relation to us became another one: a prospect a client, a client a former client. The one
    on record ends the day before `since`, unless it ended earlier; the next begins then, with the role and strength
    of the one before unless they are given. Returns the next.

    Raises StaleVersion, RelationRefused, AlreadyRelated."""
    # Both types first, in key order, as whoever writes a relation locks its type before the relation itself.
    list(RelationType.objects.select_for_update().filter(pk__in=[relation.type_id, type.pk]).order_by("pk"))
    relation.refresh_from_db(from_queryset=Relation.objects.select_for_update())
    relation.require_version(expected_version)
    if not relation.type.is_with_us:
        raise RelationRefused("type", _("Only what a customer is to us is followed by something else."))
    if not type.is_with_us:
        raise RelationRefused("type", _("Choose a relation to us."))
    if type.pk == relation.type_id:
        raise RelationRefused("type", _("That is what they are already."))
    if since == date.min or (relation.since and since <= relation.since):  # before that day there is none
        raise RelationRefused("since", _("The next one begins after the one before."))
    if relation.until is None or relation.until >= since:
        revise_relation(relation=relation, changes={"until": since - timedelta(days=1)}, at=at)
    return relate_customers(
        type=type,
        from_customer=relation.from_customer,
        to_customer=None,
        role=relation.role if role is None else role,
        since=since,
        strength=relation.strength if strength is None else strength,
        note=note,
        at=at,
    )
