from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from customers.models import Versioned
from customers.operations.record_activity import customers_of, record_activity

Row = TypeVar("Row", bound=Versioned)


@transaction.atomic
def revise_row(*, row: Row, changes: dict[str, Any], at: datetime, expected_version: int | None = None) -> Row:
    """Change columns of a row that no other rule than its model's own applies to.

    Raises StaleVersion, ValidationError."""
    row.refresh_from_db(from_queryset=type(row)._base_manager.select_for_update())
    row.require_version(expected_version)
    for name, value in changes.items():
        setattr(row, name, value)
    row.full_clean()
    row.save_checked(update_fields=list(changes))
    record_activity(customer_ids=customers_of(row), at=at)
    return row
