from customers.choices import Factor, Measure, OrderStatus, SubjectType
from customers.models import Order
from customers.operations.observe import NewFact


def promise_fact(order: Order) -> NewFact | None:
    """Whether the order came when promised; None where it has not come, nothing was promised or it was cancelled."""
    if order.status == OrderStatus.CANCELLED or order.delivered_at is None or order.promised_at is None:
        return None
    return NewFact(
        customer_id=order.customer_id,
        factor=Factor.RELIABILITY,
        measure=Measure.PROMISES,
        value=1.0 if order.delivered_at <= order.promised_at else 0.0,
        reference=1.0,
        at=order.delivered_at,
        subject_type=SubjectType.ORDER,
        subject_id=order.pk,
    )
