"""A list written to a file: at once where it is short, by a job where it is long."""

from collections.abc import Callable
from typing import IO, Any

from django.db.models import QuerySet

from customers.audit.record import record, record_export
from customers.choices import AuditKind
from customers.exporters.files import write_all, writer_for
from customers.exporters.pages import pages_of_keys
from customers.exporters.sheet import Sheet
from customers.models import Customer, User

Tell = Callable[[int, int], object]


def write_rows(
    file: IO[bytes],
    *,
    format: str,
    sheet: Sheet,
    rows: "QuerySet[Any]",
    user: User,
    query: str,
    tell: Tell = lambda done, total: None,
) -> int:
    """Write the rows into an open file, in their order; returns how many rows. `tell` hears how many are done.

    `query` is the filter that chose the rows: it goes into the audit record, with the columns and the number."""
    plan = sheet.plan(rows, user)
    total, done = rows.order_by().count(), 0
    writer = writer_for(format, file, plan.header)
    for keys in pages_of_keys(rows):
        tell(done, total)
        write_all(writer, plan.records(keys))
        done += len(keys)
    tell(done, total)
    writer.close()
    record_export(model=sheet.model, rows=done, format=format, filter=query, columns=plan.header)
    return done


def log_person_export(*, customer: Customer, rows: int) -> None:
    """Put into the history of a customer who took everything known of them out of the house."""
    record(AuditKind.EXPORTED, customer, verb="export_person", rows=rows)
