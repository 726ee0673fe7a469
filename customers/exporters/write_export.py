"""A list written to a file: at once where it is short, by a job where it is long."""

from collections.abc import Callable
from typing import IO, Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet

from customers.audit.record import record_export
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


def log_person_export(*, customer: Customer, rows: int, user: User) -> None:
    """Put into the history of a customer who took everything known of them out of the house."""
    LogEntry.objects.create(
        user_id=user.pk,
        content_type=ContentType.objects.get_for_model(Customer),
        object_id=str(customer.pk),
        object_repr=str(customer.pk),
        action_flag=CHANGE,
        change_message=f"Exported everything known of this person: {rows} rows",
    )


def log_export(*, model: type[Model], format: str, rows: int, user: User) -> None:
    """Put into the log of the admin who took which list out of the house. The filter may name somebody: it stands in
    the audit record, encrypted."""
    LogEntry.objects.create(
        user_id=user.pk,
        content_type=ContentType.objects.get_for_model(model),
        object_id=None,
        object_repr=str(model._meta.verbose_name_plural)[:200],
        action_flag=CHANGE,
        change_message=f"Exported {rows} rows as {format}.",
    )
