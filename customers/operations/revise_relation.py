from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import Relation
from customers.operations.record_activity import customers_of, record_activity
from customers.operations.relate_customers import locked_type, require_free_days

DAYS = {"since", "until"}


@transaction.atomic
def revise_relation(
    *, relation: Relation, changes: dict[str, Any], at: datetime, expected_version: int | None = None
) -> Relation:
    """Change role, days, strength or note of a relation. Its type and ends stay: something else is another relation.

    Raises StaleVersion, RelationRefused, AlreadyRelated, ValidationError."""
    type = locked_type(relation.type_id)
    relation.refresh_from_db(from_queryset=Relation.objects.select_for_update())
    relation.type = type
    relation.require_version(expected_version)
    for name, value in changes.items():
        setattr(relation, name, value)
    if DAYS & changes.keys():
        require_free_days(relation)
    relation.full_clean()
    relation.save_checked(update_fields=list(changes))
    record_activity(customer_ids=customers_of(relation), at=at)
    return relation
