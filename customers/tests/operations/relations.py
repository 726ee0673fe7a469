"""Relations as tests make them."""

from typing import Any

from customers.models import Customer, Relation, RelationType, Team
from customers.operations.relate_customers import relate_customers
from tests.cast import NOW


def type_of(code: str) -> RelationType:
    """One of the usual types."""
    return RelationType.objects.get(code=code)


def relate(code: str, start: Customer, end: Customer | None = None, **extra: Any) -> Relation:
    """A relation of one of the usual types."""
    return relate_customers(type=type_of(code), from_customer=start, to_customer=end, at=NOW, **extra)


def firms(team: Team, names: str) -> list[Customer]:
    """Organisations, one a letter."""
    return [Customer.objects.create(kind="organisation", name=name, team=team, created_at=NOW) for name in names]


def persons(team: Team, names: str) -> list[Customer]:
    """Persons, one a letter."""
    return [Customer.objects.create(kind="person", name=name, team=team, created_at=NOW) for name in names]
