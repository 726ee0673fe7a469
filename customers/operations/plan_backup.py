from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from customers.choices import LeaseState
from customers.models import Job
from customers.operations.start_backup import BACKUP_KIND, start_backup


@transaction.atomic
def plan_backup(*, at: datetime) -> Job | None:
    """Make the job of the newest night (CRM_BACKUP_AT), once; None where it is there, or where there are to be none. Of
    nights that were missed only the newest is made up for, and a job of an earlier one that no worker took is
    stopped."""
    due = settings.BACKUP_AT
    if due is None:
        return None
    local = timezone.localtime(at, timezone.get_default_timezone())
    night = local if local.time() >= due else local - timedelta(days=1)
    key = f"{BACKUP_KIND}:{night:%Y-%m-%d}"
    if Job.objects.filter(key=key).exists():
        return None
    waiting = Job.objects.filter(kind=BACKUP_KIND, key__startswith=f"{BACKUP_KIND}:", state=LeaseState.TODO)
    waiting.update(state=LeaseState.STOPPED, finished_at=at)
    return start_backup(at=at, key=key)
