from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from customers.models import Versioned
from customers.operations.add_row import add_row
from customers.operations.record_sets import record_sets, sets_of
from customers.operations.revise_row import revise_row

Row = TypeVar("Row", bound=Versioned)


@transaction.atomic
def write_with_sets(*, row: Row, changes: dict[str, Any], at: datetime, expected_version: int | None = None) -> Row:
    """Save a new or existing row that no other rule than its model's own applies to, with the rows that it refers to
    many-to-many: such a field is replaced by what is given.

    Raises StaleVersion, ValidationError."""
    names = {field.name for field in row._meta.many_to_many}
    columns = {name: value for name, value in changes.items() if name not in names}
    if row._state.adding:
        for name, value in columns.items():
            setattr(row, name, value)
        add_row(row=row, at=at)
    else:
        revise_row(row=row, changes=columns, expected_version=expected_version, at=at)
    before = sets_of(row, names & set(changes))
    for name in before:
        getattr(row, name).set(changes[name])
    record_sets(row, before)
    return row
