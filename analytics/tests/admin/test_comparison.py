"""The scores of two customers who are compared."""

import pytest
from django.urls import reverse

from analytics.tests.admin.conftest import LogIn
from customers.models import Customer, Team, User
from customers.tests.operations.merging import twins

pytestmark = pytest.mark.django_db


def test_they_stand_side_by_side_but_for_whoever_objected(
    log_in: LogIn, bob: User, north: Team, fallen: Customer
) -> None:
    _one, other = twins(north)
    client, page = log_in(bob), reverse("admin:customers_merge_compare", args=[fallen.pk, other.pk])
    assert "Satisfaction" in {line.label for line in client.get(page).context["history"]}
    Customer.objects.filter(pk=fallen.pk).update(profiling_objected_at=fallen.created_at)
    assert "Satisfaction" not in {line.label for line in client.get(page).context["history"]}
