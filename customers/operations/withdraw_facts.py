from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from customers.models import Observation
from customers.operations.record_activity import record_activity
from customers.operations.source import IDS_AT_ONCE, chunks


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
        count += _withdraw(list(rows), at)
    return count


def _withdraw(rows: list[Observation], at: datetime) -> int:
    if not rows:
        return 0
    versions = record_activity(customer_ids=[row.customer_id for row in rows], at=at)
    for row in rows:
        row.superseded_at, row.superseded_version = row.at, versions[row.customer_id]
    return Observation.objects.bulk_update(rows, ["superseded_at", "superseded_version"], batch_size=IDS_AT_ONCE)
