import threading

import pytest
from django.db import connection, transaction

from customers.models import Customer, Team
from customers.operations.record_activity import record_activity
from tests.cast import NOW


@pytest.mark.django_db
def test_it_moves_the_version_of_each_customer_once(acme: Customer, wang: Customer) -> None:
    versions = record_activity(customer_ids=[wang.pk, acme.pk, wang.pk], at=NOW)
    assert versions == {acme.pk: 2, wang.pk: 2}


@pytest.mark.django_db
def test_it_leaves_out_customers_that_do_not_exist(acme: Customer) -> None:
    assert record_activity(customer_ids=[acme.pk, 999_999], at=NOW) == {acme.pk: 2}


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_lose_no_version() -> None:
    customers = [Customer.objects.create(name=str(n), team=Team.objects.get()) for n in range(3)]
    ids = [c.pk for c in customers]

    def write(order: list[int]) -> None:
        for _ in range(10):
            with transaction.atomic():
                record_activity(customer_ids=order, at=NOW)
        connection.close()

    threads = [threading.Thread(target=write, args=(order,)) for order in (ids, ids[::-1], ids[1:] + ids[:1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Customer.objects.values_list("activity_version", flat=True)) == {31}
