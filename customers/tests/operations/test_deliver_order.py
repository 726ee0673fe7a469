from datetime import datetime, timedelta

import pytest

from customers.models import Customer, Observation, Order, StaleVersion
from customers.operations.deliver_order import NotOnTheWay, deliver_order
from tests.cast import NOW

DAY = timedelta(days=1)


def make_order(customer: Customer, promised_at: datetime | None) -> Order:
    return Order.objects.create(
        number="O-1", customer=customer, currency="EUR", ordered_at=NOW - DAY, promised_at=promised_at
    )


@pytest.mark.parametrize(("promised_at", "kept"), [(NOW, 1.0), (NOW - DAY, 0.0)])
def test_it_says_whether_the_promise_was_kept(wang: Customer, promised_at: datetime, kept: float) -> None:
    order = deliver_order(order=make_order(wang, promised_at), at=NOW)
    order.refresh_from_db()
    assert (order.status, order.delivered_at, order.version) == ("delivered", NOW, 2)
    fact = Observation.objects.get()
    assert (fact.value, fact.reference, fact.at, fact.subject_id) == (kept, 1.0, NOW, order.pk)


def test_without_a_promise_there_is_no_fact_but_activity(wang: Customer) -> None:
    deliver_order(order=make_order(wang, None), at=NOW)
    assert not Observation.objects.exists()
    wang.refresh_from_db()
    assert wang.activity_version == 2


def test_it_refuses_an_order_that_is_not_on_the_way(wang: Customer) -> None:
    order = deliver_order(order=make_order(wang, NOW), at=NOW)
    with pytest.raises(NotOnTheWay):
        deliver_order(order=order, at=NOW + DAY)


def test_it_refuses_a_stale_version(wang: Customer) -> None:
    with pytest.raises(StaleVersion):
        deliver_order(order=make_order(wang, NOW), at=NOW, expected_version=7)
