from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from customers.models import Customer, Observation
from customers.operations.record_activity import record_activity
from customers.operations.source import chunks


@transaction.atomic
def withdraw_facts(*, factor: int, subject_type: str, subject_ids: Iterable[int], at: datetime) -> int:
    """Take the facts of one factor about these tickets, ratings or orders off the record; returns how many there were.

    Nothing takes their place: an order was cancelled, say. From the customer's next activity version on they count on
    no date; a score that was stored before is replayed with them."""
    count = 0
    for ids in chunks(sorted(set(subject_ids))):
        rows = Observation.objects.filter(
            factor=factor, subject_type=subject_type, subject_id__in=ids, superseded_version=None
        )
        count += _withdraw(dict(rows.values_list("pk", "customer_id")), at)
    return count


def _withdraw(customers: dict[int, int], at: datetime) -> int:
    if not customers:
        return 0
    record_activity(customer_ids=customers.values(), at=at, of_erased=True)
    version = Customer.objects.filter(pk=OuterRef("customer")).values("activity_version")
    rows = Observation.objects.filter(pk__in=list(customers))
    return rows.update(superseded_at=F("at"), superseded_version=Subquery(version))
