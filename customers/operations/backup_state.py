from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from customers.models import Backup, Job
from customers.operations.start_backup import BACKUP_KIND

# A night and two hours: who verifies every night is never beyond.
LATE = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class BackupState:
    """`verified`: the newest backup that was restored once and compared; None: there is none. `age`: of what it holds.
    `is_late`: there is none, or it is older than 26 hours. `is_overdue`: it is late although one is made every
    night, the first of which had 26 hours as well."""

    verified: Backup | None
    age: timedelta | None
    is_late: bool
    is_overdue: bool


def backup_state(*, at: datetime) -> BackupState:
    """How much would be lost if the database were lost now."""
    verified = Backup.objects.filter(verified_at__isnull=False).order_by("-name").first()
    if verified is None:
        return BackupState(None, None, is_late=True, is_overdue=_had_a_night(at))
    age = at - verified.taken_at
    return BackupState(verified, age, is_late=age > LATE, is_overdue=settings.BACKUP_AT is not None and age > LATE)


def _had_a_night(at: datetime) -> bool:
    nights = Job.objects.filter(kind=BACKUP_KIND, key__startswith=f"{BACKUP_KIND}:", created_at__lt=at - LATE)
    return settings.BACKUP_AT is not None and nights.exists()
