from datetime import datetime

from django.db import transaction

from customers.choices import Factor, Measure, SubjectType
from customers.operations.observe import NewFact, observe
from customers.sql.reference_prices import PricedOrder, prices_of_orders_without_one


@transaction.atomic
def price_orders(*, at: datetime) -> int:
    """Put on record how the price of each order compares, for the orders that have no such fact yet; returns how many.

    Call it once after the last batch of orders: the reference of an order may be the median of its category, which
    later batches still move."""
    count = 0
    for priced in prices_of_orders_without_one():
        observe(facts=[price_fact(price) for price in priced], at=at, of_erased=True)
        count += len(priced)
    return count


def price_fact(price: PricedOrder) -> NewFact:
    """What an order's price says: paid against reference, when it was ordered."""
    return NewFact(
        customer_id=price.customer_id,
        factor=Factor.PRICE,
        measure=Measure.PRICE,
        value=price.paid,
        reference=price.reference,
        at=price.ordered_at,
        subject_type=SubjectType.ORDER,
        subject_id=price.order_id,
    )
