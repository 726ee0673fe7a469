from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from customers.models import Customer, Segment, Tag
from customers.operations.record_labels import record_labels
from customers.operations.tag_customers import tag_customers
from customers.segments.references import replace_value


@transaction.atomic
def merge_tags(*, kept: Tag, others: Iterable[Tag], at: datetime) -> Tag:
    """Make several tags one: whoever has one of the others gets the kept one, and segments that ask for the others ask
    for it. The others are gone."""
    gone = sorted(tag.pk for tag in others if tag.pk != kept.pk)
    through = Customer.tags.through
    wearing = through.objects.filter(tag__in=gone).values_list("customer_id", flat=True)
    tag_customers(customer_ids=list(wearing), tags=[kept], at=at)
    for segment in Segment.objects.select_for_update().order_by("pk"):
        changed = replace_value(segment.definition, fact="tag", old=gone, new=kept.pk)
        if changed != segment.definition:
            segment.definition = changed
            segment.save_checked(update_fields=["definition"])
    worn = list(through.objects.filter(tag__in=gone).values_list("customer_id", "tag_id"))
    record_labels(taken=worn)
    Tag.objects.filter(pk__in=gone).delete()
    return kept
