from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from customers.models import Customer, Tag
from customers.operations.record_labels import record_labels
from customers.operations.source import chunks
from customers.operations.tag_customers import note_labels


@transaction.atomic
def untag_customers(*, customer_ids: Iterable[int], tags: Iterable[Tag], at: datetime) -> int:
    """Take tags off customers. Returns how many customers changed."""
    keys = [tag.pk for tag in tags]
    changed = 0
    for ids in chunks(sorted(set(customer_ids))):
        rows = Customer.tags.through.objects.filter(customer__in=ids, tag__in=keys)
        worn = list(rows.values_list("customer_id", "tag_id"))
        wearing = sorted({customer for customer, _tag in worn})
        note_labels(customer_ids=wearing, at=at)
        rows.delete()
        record_labels(taken=worn)
        changed += len(wearing)
    return changed
