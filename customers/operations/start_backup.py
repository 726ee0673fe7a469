from datetime import datetime

from django.db import transaction

from customers.choices import LeaseState
from customers.models import Backup, Job, User
from customers.operations.start_job import start_job

BACKUP_KIND, VERIFY_KIND = "backup", "verify-backup"


@transaction.atomic
def start_backup(*, at: datetime, by: User | None = None, key: str | None = None) -> Job:
    """Have a worker make a backup, verify it and do away with those that are kept no longer. One that somebody asked
    for and no worker has taken is enough for all."""
    waiting = Job.objects.filter(kind=BACKUP_KIND, state=LeaseState.TODO).first() if key is None else None
    return waiting or start_job(kind=BACKUP_KIND, at=at, by=by, key=key)


@transaction.atomic
def start_verification(*, backup: Backup, at: datetime, by: User | None = None) -> Job:
    """Have a worker restore a backup into a new database and compare. One that waits already is enough."""
    waiting = Job.objects.filter(kind=VERIFY_KIND, subject_id=backup.pk, state=LeaseState.TODO).first()
    return waiting or start_job(kind=VERIFY_KIND, subject_id=backup.pk, at=at, by=by)
