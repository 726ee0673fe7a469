from datetime import datetime
from typing import TypeVar

from django.db import models, transaction

from customers.operations.record_activity import customers_of, record_activity

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def add_row(*, row: Row, at: datetime) -> Row:
    """Save a new row that no other rule than its model's own applies to. Raises ValidationError."""
    row.full_clean()
    row.save(force_insert=True)
    record_activity(customer_ids=customers_of(row), at=at)
    return row
