from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from customers.models import Customer, Tag
from customers.operations.ensure_tags import label_customers
from customers.operations.record_activity import record_activity
from customers.operations.source import chunks


@transaction.atomic
def tag_customers(*, customer_ids: Iterable[int], tags: Iterable[Tag], at: datetime) -> int:
    """Put tags on customers. Returns how many customers changed: those who have them all already do not."""
    keys = [tag.pk for tag in tags]
    changed = 0
    for ids in chunks(sorted(set(customer_ids))):
        lacking = _lacking(ids, keys)
        note_labels(customer_ids=lacking, at=at)
        label_customers(pairs=[(customer, tag) for customer in lacking for tag in keys])
        changed += len(lacking)
    return changed


def note_labels(*, customer_ids: list[int], at: datetime) -> None:
    """Lock customers whose tags are about to change, and move their versions: a form opened before is stale."""
    record_activity(customer_ids=customer_ids, at=at)
    Customer.objects.filter(pk__in=customer_ids).update(version=F("version") + 1, updated_at=at)


def _lacking(customer_ids: list[int], tag_ids: list[int]) -> list[int]:
    """Those of the customers who lack one of the tags or more."""
    through = Customer.tags.through
    rows = through.objects.filter(customer__in=customer_ids, tag__in=tag_ids).values_list("customer_id", "tag_id")
    here = set(rows)
    return [pk for pk in customer_ids if any((pk, tag) not in here for tag in tag_ids)]
