"""Customers whom rows name without an id."""

import pytest

from customers.importers.contents.named import find_named
from customers.models import Customer, ExternalId, Team, User
from customers.operations.source import Source

pytestmark = pytest.mark.django_db


def test_a_name_stands_for_nobody_out_of_sight(bob: User, acme: Customer, south: Team) -> None:
    theirs = Customer.objects.create(kind="organisation", name="Acme Pumps", team=south)
    for customer, source_id in ((acme, "1"), (theirs, "2")):
        ExternalId.objects.create(customer=customer, source="old", source_id=source_id)
    wanted = [("Acme Pumps", "organisation")]
    (seen,) = find_named(Source("old", user=bob), wanted).values()
    assert seen == {acme.pk: "1"}
    (all_of_them,) = find_named(Source("old"), wanted).values()
    assert all_of_them == {acme.pk: "1", theirs.pk: "2"}
