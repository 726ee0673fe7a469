"""Which policy a ticket is measured by: the first active one, by position, whose conditions it meets."""

from collections.abc import Collection
from datetime import datetime

from customers.models import Customer
from services.models import Queue, ServiceType, SLAPolicy
from services.operations.rule_conditions import column_conditions, first_unmet
from services.operations.rule_known import Columns, Known, Subject

CONDITIONS = ("queue", "priority", "service_type", "segment")  # in the order in which they are asked


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
        policies = SLAPolicy.objects.filter(is_active=True).select_related("segment").order_by("position", "pk")
        self._policies = [(policy, column_conditions(policy, CONDITIONS)) for policy in policies]
        segments = [policy.segment for policy, _conditions in self._policies if policy.segment]
        self._at, self._known = at, Known(at=at, customer_ids=customer_ids, segments=segments)

    def find(
        self, *, queue_id: int | None, priority: int, service_type_id: int | None, parties: Collection[int]
    ) -> SLAPolicy | None:
        """The policy of a ticket with these columns; `parties` are its customer and requester."""
        subject = Subject(Columns(queue_id, service_type_id, priority), frozenset(parties), self._at)
        met = (policy for policy, asked in self._policies if first_unmet(asked, subject, self._known) is None)
        return next(met, None)
