from datetime import datetime, timedelta

from django.db import transaction

from customers.models import RetentionRule, RetentionRun, User
from customers.operations.start_job import start_job

KIND = "retention"


@transaction.atomic
def start_retention(
    *, rule: RetentionRule, is_dry_run: bool, at: datetime, by: User | None = None, key: str | None = None
) -> RetentionRun:
    """Have a worker look for what a rule is about and, unless it is a report alone, do away with it."""
    run = RetentionRun.objects.create(
        rule=rule,
        days=rule.days,
        cutoff=at - timedelta(days=rule.days),
        is_dry_run=is_dry_run,
        started_at=at,
        started_by=by,
    )
    run.job = start_job(kind=KIND, subject_id=run.pk, by=by, at=at, key=key)
    run.save(update_fields=["job"])
    return run
