from datetime import datetime

from django.db import transaction

from customers.models import Job, User


@transaction.atomic
def start_job(
    *, kind: str, at: datetime, by: User | None = None, subject_id: int | None = None, key: str | None = None
) -> Job:
    """Put long work into the queue; a worker takes it with its next tick, or at once when it is poked.

    With `key` the one job of that key: made, or found."""
    if key is not None:
        job, _made = Job.objects.get_or_create(
            key=key, defaults={"kind": kind, "subject_id": subject_id, "created_at": at, "created_by": by}
        )
        return job
    return Job.objects.create(kind=kind, subject_id=subject_id, created_at=at, created_by=by)
