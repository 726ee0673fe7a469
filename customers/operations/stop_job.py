from datetime import datetime

from django.db import transaction

from customers.choices import LeaseState
from customers.models import Job
from customers.operations.job_kinds import job_kind


@transaction.atomic
def stop_job(*, job: Job, at: datetime) -> bool:
    """Stop a job that has not ended: its worker gives up what it has not committed. False where it had ended."""
    going_on = Job.objects.filter(pk=job.pk, state__in=(LeaseState.TODO, LeaseState.LEASED))
    if not going_on.update(state=LeaseState.STOPPED, finished_at=at):
        return False
    job.refresh_from_db()
    job_kind(job.kind).ended_badly(job, at)
    return True
