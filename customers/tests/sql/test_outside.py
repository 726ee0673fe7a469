"""Customers whose keys a subquery does not give."""

import pytest
from django.db.models import F, Q

from customers.models import Customer
from customers.sql.outside import Outside

pytestmark = pytest.mark.django_db


def test_it_is_the_rest_of_all(acme: Customer, wang: Customer) -> None:
    british = Customer.objects.filter(country="GB").values("pk")
    assert list(Customer.objects.filter(Outside(F("pk"), british.query))) == [wang]
    assert list(Customer.objects.filter(~Q(Outside(F("pk"), british.query)))) == [acme]


def test_outside_of_nothing_is_everybody(acme: Customer) -> None:
    nobody = Customer.objects.none().values("pk")
    too_small = Customer.objects.filter(activity_version=-1).values("pk")
    for rows in (nobody, too_small):
        assert list(Customer.objects.filter(Outside(F("pk"), rows.query))) == [acme]
        assert list(Customer.objects.filter(Q(Outside(F("pk"), rows.query)), country="CN")) == []
        assert list(Customer.objects.filter(~Q(Outside(F("pk"), rows.query)))) == []
