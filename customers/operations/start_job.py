from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from customers.models import Job, User


@transaction.atomic
def start_job(
    *, kind: str, at: datetime, by: User | None = None, subject_id: int | None = None, key: str | None = None
) -> Job:
    """Put long work into the queue; a worker takes it with its next tick, or at once when it is poked.

    With `key` the one job of that key: made, or found. What it tells is in the language that is spoken now."""
    values: dict[str, Any] = {
        "kind": kind,
        "subject_id": subject_id,
        "created_at": at,
        "created_by": by,
        "language": get_language() or "",
    }
    if key is not None:
        job, _made = Job.objects.get_or_create(key=key, defaults=values)
        return job
    return Job.objects.create(**values)
