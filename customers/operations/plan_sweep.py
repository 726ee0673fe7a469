from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from customers.choices import LeaseState
from customers.models import Job
from customers.operations.start_job import start_job

KIND = "duplicates"
# When the night's sweep for duplicates is due, in the time of the installation (TIME_ZONE).
DUE = time(3, 0)


@transaction.atomic
def plan_sweep(*, at: datetime) -> Job | None:
    """Make the job of the newest night, once; None where it is there. Of nights that were missed only the newest is
    made up for, and a job of an earlier one that no worker took is stopped."""
    night = _newest_night(at)
    key = f"{KIND}:{night:%Y-%m-%d}"
    if Job.objects.filter(key=key).exists():
        return None
    waiting = Job.objects.filter(kind=KIND, key__startswith=f"{KIND}:", state=LeaseState.TODO)
    waiting.exclude(key=key).update(state=LeaseState.STOPPED, finished_at=at)
    return start_job(kind=KIND, key=key, at=at)


def _newest_night(at: datetime) -> datetime:
    local = timezone.localtime(at, timezone.get_default_timezone())
    return local if local.time() >= DUE else local - timedelta(days=1)
