import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Model

from customers.models import Export, User
from customers.operations.start_job import start_job

KIND = "export"
# How long a file waits for its owner.
KEPT = timedelta(days=3)


@transaction.atomic
def start_export(*, model: type[Model], query: str, format: str, by: User, at: datetime) -> Export:
    """Have a worker write a list to a file: the rows that `by` sees in it with these filters."""
    export = Export.objects.create(
        model=model._meta.label,
        query=query,
        format=format,
        file=f"{secrets.token_urlsafe(24)}.{format}",
        owner=by,
        created_at=at,
        expires_at=at + KEPT,
    )
    export.job = start_job(kind=KIND, subject_id=export.pk, by=by, at=at)
    export.save(update_fields=["job"])
    return export
