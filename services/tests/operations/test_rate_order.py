import pytest

from customers.models import Customer, Observation, Order
from services.models import SatisfactionRating
from services.operations.rate_order import rate_order
from services.operations.write_rating import RatingOutOfBounds
from services.tests.operations.desk import after


@pytest.fixture
def order(acme: Customer) -> Order:
    return Order.objects.create(number="O-1", customer=acme, currency="GBP", ordered_at=after(days=-3))


def test_it_is_a_review_of_the_orders_customer(acme: Customer, order: Order) -> None:
    rating = rate_order(order=order, value=2, comment="Dented", at=after())
    assert (rating.order, rating.ticket, rating.customer, rating.scale) == (order, None, acme, "review")
    fact = Observation.objects.get()
    assert (fact.customer, fact.value, fact.get_measure_display()) == (acme, 2, "Review, 1 to 5")


def test_a_changed_mind_replaces_it_and_the_same_does_not(order: Order) -> None:
    first = rate_order(order=order, value=2, at=after())
    second = rate_order(order=order, value=5, at=after(days=1))
    assert rate_order(order=order, value=5, at=after(days=2)) == second
    first.refresh_from_db()
    assert first.replaced_by == second
    assert Observation.objects.get(superseded_version=None).subject_id == second.pk


def test_it_refuses_what_is_not_on_the_scale(order: Order) -> None:
    with pytest.raises(RatingOutOfBounds):
        rate_order(order=order, value=6, at=after())
    assert not SatisfactionRating.objects.exists()
