import pytest

from customers.models import Customer, Team
from customers.operations.merge_customers import merge_customers
from customers.operations.survivor import survivor, survivors
from customers.tests.operations.merging import twins
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_it_leads_to_the_end_of_the_chain(north: Team) -> None:
    b, a = twins(north)
    c = Customer.objects.create(kind="organisation", name="C", team=north)
    d = Customer.objects.create(kind="organisation", name="D", team=north)
    merge_customers(kept=b, gone=a, by=None, at=NOW)
    merge_customers(kept=c, gone=b, by=None, at=NOW)
    assert [survivor(customer_id=one.pk) for one in (a, b, c, d)] == [c.pk, c.pk, c.pk, d.pk]
    assert survivors(customer_ids=[a.pk, b.pk, c.pk, d.pk]) == {a.pk: c.pk, b.pk: c.pk}
    assert survivor(customer_id=10**9) == 10**9
