from datetime import timedelta

import pytest

from customers.models import Customer, Tag
from customers.operations.tag_customers import tag_customers
from customers.operations.untag_customers import untag_customers
from tests.cast import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def vip() -> Tag:
    return Tag.objects.create(name="VIP")


def test_it_puts_tags_on_and_says_how_many_changed(vip: Tag, acme: Customer, wang: Customer) -> None:
    news = Tag.objects.create(name="News")
    acme.tags.add(vip)
    assert tag_customers(customer_ids=[acme.pk, wang.pk, acme.pk], tags=[vip], at=LATER) == 1
    assert set(wang.tags.all()) == {vip}
    assert tag_customers(customer_ids=[acme.pk, wang.pk], tags=[vip, news], at=LATER) == 2
    assert set(acme.tags.all()) == set(wang.tags.all()) == {vip, news}


def test_whoever_changed_has_a_new_version_and_an_activity(vip: Tag, acme: Customer, wang: Customer) -> None:
    wang.tags.add(vip)
    tag_customers(customer_ids=[acme.pk, wang.pk], tags=[vip], at=LATER)
    for customer, moved in ((acme, 1), (wang, 0)):
        before = (customer.version, customer.activity_version)
        customer.refresh_from_db()
        assert (customer.version, customer.activity_version) == (before[0] + moved, before[1] + moved)
    assert acme.last_activity_at == LATER


def test_it_takes_tags_off(vip: Tag, acme: Customer, wang: Customer) -> None:
    acme.tags.add(vip)
    assert untag_customers(customer_ids=[acme.pk, wang.pk], tags=[vip], at=LATER) == 1
    assert not acme.tags.exists()
    version = acme.version
    acme.refresh_from_db()
    assert acme.version == version + 1


def test_nobody_and_nothing_change_nothing(vip: Tag, acme: Customer) -> None:
    assert tag_customers(customer_ids=[], tags=[vip], at=LATER) == 0
    assert tag_customers(customer_ids=[acme.pk], tags=[], at=LATER) == 0
    assert untag_customers(customer_ids=[acme.pk], tags=[], at=LATER) == 0
    acme.refresh_from_db()
    assert acme.version == 1
