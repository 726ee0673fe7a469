"""Columns that higher rooms add to exported customers. They follow from other rows, so an import passes over them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from customers.models import User


@dataclass(frozen=True, slots=True)
class DerivedColumns:
    """`names` head the columns; `values` gives, for the keys of customers, a row of cells for each that has any.
    Whoever lacks the permission `needs` gets none of them."""

    names: tuple[str, ...]
    values: Callable[[Sequence[int]], dict[int, tuple[Any, ...]]]
    needs: str

    def cells(self, found: dict[int, tuple[Any, ...]], customer_id: int) -> tuple[Any, ...]:
        """Those of one customer, of what `values` found."""
        return found.get(customer_id) or (None,) * len(self.names)


_registered: list[DerivedColumns] = []


def register_derived_columns(columns: DerivedColumns) -> None:
    """Add columns to every export of customers. Called once a process, when the app is ready."""
    _registered.append(columns)


def derived_columns(user: User | None = None) -> list[DerivedColumns]:
    """All of them, or those that a user may read."""
    return [one for one in _registered if user is None or user.has_perm(one.needs)]
