import logging
from datetime import datetime

from customers.models import Customer, Segment
from customers.segments.condition import segment_customers
from customers.segments.definition import SegmentInvalid

logger = logging.getLogger(__name__)


def is_in_segment(*, customer: Customer, segment: Segment, at: datetime) -> bool:
    """Whether one customer is in a segment now, as the system sees it. One query, of that customer's row.

    A segment that asks for what there is no more has nobody in it: a rule that names it must not keep a ticket from
    being opened. That is logged, by its key."""
    try:
        members = segment_customers(segment=segment, user=None, at=at)
    except SegmentInvalid:
        logger.warning("segment %s cannot be asked any more", segment.pk)
        return False
    return members.filter(pk=customer.pk).exists()
