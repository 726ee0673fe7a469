from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from customers.choices import Factor, SubjectType
from customers.models import Order
from customers.operations.observe import NewFact, observe
from customers.operations.promise_fact import promise_fact
from customers.operations.withdraw_facts import withdraw_facts


@transaction.atomic
def tell_promises(
    *,
    orders: Iterable[Order],
    at: datetime,
    moved: Iterable[int] = (),
    more: Iterable[NewFact] = (),
    also_touched: Iterable[int] = (),
    of_erased: bool = False,
) -> None:
    """Put on record what orders that are new or have changed say of their promises; what nothing is left to say of is
    withdrawn. moved: keys of orders that went to another customer. more, also_touched, of_erased: as for `observe`."""
    facts = {order.pk: promise_fact(order) for order in orders}
    withdraw_facts(
        factor=Factor.RELIABILITY,
        subject_type=SubjectType.ORDER,
        subject_ids=[*moved, *(pk for pk, fact in facts.items() if fact is None)],
        at=at,
    )
    told = [*(fact for fact in facts.values() if fact), *more]
    observe(facts=told, at=at, also_touched=also_touched, of_erased=of_erased)
