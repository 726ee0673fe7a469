"""Keys that no column can hold are nobody's, one by one and among others."""

import pytest

from customers.models import Customer, Tag, Team

pytestmark = pytest.mark.django_db
TOO_GREAT = 10**30


def test_a_number_too_great_is_no_rows(acme: Customer) -> None:
    assert list(Customer.objects.filter(pk__in=[acme.pk, TOO_GREAT, -TOO_GREAT])) == [acme]
    assert not Customer.objects.filter(pk__in=[TOO_GREAT]).exists()
    assert list(Customer.objects.exclude(pk__in={TOO_GREAT})) == [acme]


def test_other_values_are_looked_up_as_ever(acme: Customer, north: Team) -> None:
    tag = Tag.objects.create(name="big")
    acme.tags.add(tag)
    assert list(Customer.objects.filter(pk__in=Customer.objects.filter(team=north).values("pk"))) == [acme]
    assert list(Customer.objects.filter(pk__in=(each for each in [str(acme.pk)]))) == [acme]
    assert list(Customer.objects.filter(tags__in=[tag.pk])) == [acme]
