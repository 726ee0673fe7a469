from datetime import datetime, timedelta

import pytest

from customers.models import Customer, Observation, Order, StaleVersion
from customers.operations.deliver_order import NotOnTheWay, deliver_order
from customers.operations.promise_fact import MOMENT
from customers.operations.tell_promises import tell_promises
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
    assert (fact.value, fact.reference, fact.subject_id) == (kept, 1.0, order.pk)
    assert fact.at == (NOW if kept else NOW - DAY + MOMENT)


def test_an_order_that_comes_before_its_date_counts_as_kept_at_once(wang: Customer) -> None:
    order = make_order(wang, NOW + 9 * DAY)
    tell_promises(orders=[order], at=NOW - DAY)
    deliver_order(order=order, at=NOW)
    wang.refresh_from_db()

    def known(as_of: datetime, version: int) -> list[float | None]:
        return list(wang.observations.known_at(as_of=as_of, version=version).values_list("value", flat=True))

    assert [known(NOW + day * DAY, wang.activity_version) for day in (-1, 0, 9, 10)] == [[], [1.0], [1.0], [1.0]]
    assert [known(NOW + day * DAY, wang.activity_version - 1) for day in (0, 9, 10)] == [[], [], [0.0]]


def test_an_overdue_order_that_comes_stays_broken_but_is_activity(wang: Customer) -> None:
    order = make_order(wang, NOW - DAY)
    tell_promises(orders=[order], at=NOW)
    deliver_order(order=order, at=NOW + DAY)
    wang.refresh_from_db()
    assert (Observation.objects.get().value, wang.activity_version) == (0.0, 3)


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
