"""Definitions in short, for tests."""

from typing import Any

from customers.models import Customer, User
from customers.segments.condition import segment_condition
from tests.cast import NOW


def asks(fact: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """One condition."""
    return {"fact": fact, "op": op, **({} if value is None else {"value": value}), **more}


def all_of(*conditions: dict[str, Any]) -> dict[str, Any]:
    """A definition of one group, of which all conditions must hold."""
    return {"groups": [{"conditions": list(conditions)}]}


def any_of(*conditions: dict[str, Any]) -> dict[str, Any]:
    """A definition of one group, of which any condition must hold."""
    return {"groups": [{"match": "any", "conditions": list(conditions)}]}


def whom(definition: dict[str, Any], user: User | None = None) -> list[Customer]:
    """The customers that a definition means, by name."""
    customers: Any = Customer.objects.living() if user is None else Customer.objects.visible_to(user)
    condition = segment_condition(definition=definition, user=user, at=NOW)
    return list(customers.meeting(condition).order_by("name", "pk"))
