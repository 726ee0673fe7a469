from datetime import datetime

from django.db import transaction

from customers.models import Customer, Versioned
from customers.operations.record_activity import customers_of, record_activity


@transaction.atomic
def remove_row(*, row: Versioned, at: datetime, expected_version: int | None = None) -> None:
    """Delete a row. Raises StaleVersion, and ProtectedError where others stand on it."""
    row.refresh_from_db(from_queryset=type(row)._base_manager.select_for_update())
    row.require_version(expected_version)
    if not isinstance(row, Customer):
        record_activity(customer_ids=customers_of(row), at=at, of_erased=True)
    row.delete()
