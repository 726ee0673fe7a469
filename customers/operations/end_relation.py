from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Relation
from customers.operations.record_activity import customers_of, record_activity
from customers.operations.relate_customers import RelationRefused


@transaction.atomic
def end_relation(*, relation: Relation, until: date, at: datetime, expected_version: int | None = None) -> Relation:
    """Say that a relation holds until a day, that day included. Raises StaleVersion, RelationRefused."""
    relation.refresh_from_db(from_queryset=Relation.objects.select_for_update())
    relation.require_version(expected_version)
    if relation.since and until < relation.since:
        raise RelationRefused("until", _("It ends before it begins."))
    relation.until = until
    relation.save_checked(update_fields=["until"])
    record_activity(customer_ids=customers_of(relation), at=at)
    return relation
