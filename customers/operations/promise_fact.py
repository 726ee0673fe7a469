from datetime import UTC, datetime, timedelta

from customers.choices import ON_THE_WAY, Factor, Measure, OrderStatus, SubjectType
from customers.models import Order
from customers.operations.observe import NewFact

MOMENT = timedelta(microseconds=1)
LAST = datetime.max.replace(tzinfo=UTC)


def promise_fact(order: Order) -> NewFact | None:
    """Whether an order keeps its promised date: kept from its delivery on; broken from just after that date on,
    whether it came later or has not come. A date that lies ahead is such a fact, too: it does not count before its `at`
    (docs/decisions/0021-overdue-orders.md). None where nothing was promised, the order was cancelled, or it came and
    nobody knows when."""
    promised, delivered = order.promised_at, order.delivered_at
    if promised is None or order.status == OrderStatus.CANCELLED:
        return None
    if delivered is None and order.status not in ON_THE_WAY:
        return None
    is_kept = delivered is not None and delivered <= promised
    return NewFact(
        customer_id=order.customer_id,
        factor=Factor.RELIABILITY,
        measure=Measure.PROMISES,
        value=1.0 if is_kept else 0.0,
        reference=1.0,
        at=delivered if delivered is not None and is_kept else just_after(promised),
        subject_type=SubjectType.ORDER,
        subject_id=order.pk,
        is_whole=True,
    )


def just_after(promised: datetime) -> datetime:
    """The first moment at which an order is overdue."""
    return promised + MOMENT if promised < LAST else promised
