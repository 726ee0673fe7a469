import pytest
from django.core.exceptions import ValidationError

from analytics.models import StatedPreference
from analytics.operations.state_preference import state_preference
from analytics.tests.histories import DAY
from analytics.tests.shops import stock
from customers.models import Category, Customer, User
from customers.operations.merge_customers import merge_customers
from customers.operations.record_activity import CustomerIsMerged
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_it_puts_down_who_said_what_and_when(acme: Customer, ann: User) -> None:
    product = stock()["Saw"]
    before = acme.activity_version
    row = state_preference(customer=acme, product=product, liking=1, source="visit", said_at=NOW - DAY, by=ann, at=NOW)
    assert (row.at, row.recorded_at, row.recorded_by, row.source) == (NOW - DAY, NOW, ann, "visit")
    acme.refresh_from_db()
    assert acme.activity_version == before + 1


@pytest.mark.parametrize("liking", [2, -2, None])
def test_it_refuses_what_is_no_liking(acme: Customer, liking: int) -> None:
    stock()
    with pytest.raises(ValidationError):
        state_preference(customer=acme, category=Category.objects.get(name="Tea"), liking=liking, at=NOW)
    assert not StatedPreference.objects.exists()


def test_it_is_of_one_thing(acme: Customer) -> None:
    product = stock()["Saw"]
    with pytest.raises(ValidationError, match="one of the two"):
        state_preference(customer=acme, liking=1, at=NOW)
    with pytest.raises(ValidationError, match="one of the two"):
        state_preference(customer=acme, liking=1, product=product, category=product.category, at=NOW)


def test_it_refuses_what_is_still_to_come(acme: Customer) -> None:
    product = stock()["Saw"]
    with pytest.raises(ValidationError, match="not happened yet"):
        state_preference(customer=acme, liking=1, product=product, said_at=NOW + DAY, at=NOW)


def test_a_merge_takes_it_along(acme: Customer, wang: Customer, ann: User) -> None:
    product = stock()["Saw"]
    Customer.objects.filter(pk=wang.pk).update(kind=acme.kind)
    wang.refresh_from_db()
    row = state_preference(customer=wang, product=product, liking=1, at=NOW)
    merge_customers(kept=acme, gone=wang, by=ann, at=NOW)
    row.refresh_from_db()
    assert row.customer == acme
    with pytest.raises(CustomerIsMerged):
        state_preference(customer=wang, product=product, liking=1, at=NOW)
