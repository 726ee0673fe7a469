"""Which policy a ticket is measured by: the first active one, by position, whose conditions it meets."""

import logging
from collections.abc import Collection
from datetime import datetime

from customers.models import Customer, Segment
from customers.operations.source import chunks
from customers.segments.condition import segment_customers
from customers.segments.definition import SegmentInvalid
from services.models import Queue, ServiceType, SLAPolicy

logger = logging.getLogger(__name__)


def policy_for(
    *,
    queue: Queue,
    priority: int,
    service_type: ServiceType | None,
    customer: Customer,
    at: datetime,
    requester: Customer | None = None,
) -> SLAPolicy | None:
    """The first active policy, by position, whose conditions the ticket meets. An empty condition is always met; that
    of a segment by the customer or the requester."""
    parties = {customer.pk, requester.pk if requester else customer.pk}
    return PolicyMatch(parties, at=at).find(
        queue_id=queue.pk,
        priority=priority,
        service_type_id=service_type.pk if service_type else None,
        parties=parties,
    )


class PolicyMatch:
    """The same for many tickets of some customers: policies are read once, and each segment is asked once."""

    def __init__(self, customer_ids: Collection[int], *, at: datetime) -> None:
        self._customer_ids, self._at = set(customer_ids), at
        policies = SLAPolicy.objects.filter(is_active=True).select_related("segment")
        self._policies = list(policies.order_by("position", "pk"))
        self._members: dict[int, set[int]] = {}

    def find(
        self, *, queue_id: int | None, priority: int, service_type_id: int | None, parties: Collection[int]
    ) -> SLAPolicy | None:
        """The policy of a ticket with these columns; `parties` are its customer and requester."""
        for policy in self._policies:
            meets = (
                policy.queue_id in (None, queue_id)
                and policy.priority in (None, priority)
                and policy.service_type_id in (None, service_type_id)
            )
            if meets and (policy.segment is None or not self._members_of(policy.segment).isdisjoint(parties)):
                return policy
        return None

    def _members_of(self, segment: Segment) -> set[int]:
        if segment.pk not in self._members:
            self._members[segment.pk] = _members(segment, self._customer_ids, self._at)
        return self._members[segment.pk]


def _members(segment: Segment, customer_ids: Collection[int], at: datetime) -> set[int]:
    """Those of the customers who are in a segment. A segment that asks for what there is no more has nobody in it:
    the ticket must be taken in all the same, and the page of the segment says what is wrong."""
    try:
        members = segment_customers(segment=segment, user=None, at=at)
        found: set[int] = set()
        for ids in chunks(customer_ids):
            found.update(members.filter(pk__in=ids).values_list("pk", flat=True))
        return found
    except SegmentInvalid:
        logger.warning("segment %s cannot be asked: its SLA policies match nobody", segment.pk)
        return set()
