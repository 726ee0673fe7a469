"""Customers with contact points, for tests of what is found alike."""

from typing import Any

from customers.models import Customer, Team
from customers.operations.add_contact_point import add_contact_point
from tests.cast import NOW


def enter(team: Team, name: str, *points: tuple[str, str], **columns: Any) -> Customer:
    """A customer as old imports left them: nobody looked for duplicates."""
    customer = Customer.objects.create(name=name, team=team, created_at=NOW, **columns)
    for kind, value in points:
        add_contact_point(customer=customer, kind=kind, value=value, at=NOW)
    return customer
