from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.models import Backup

# A night and two hours: who verifies every night is never beyond.
LATE = timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class BackupState:
    """`verified`: the newest backup that was restored once and compared; None: there is none. `age`: of what it holds.
    `is_late`: there is none, or it is older than 26 hours."""

    verified: Backup | None
    age: timedelta | None
    is_late: bool


def backup_state(*, at: datetime) -> BackupState:
    """How much would be lost if the database were lost now."""
    verified = Backup.objects.filter(verified_at__isnull=False).order_by("-name").first()
    if verified is None:
        return BackupState(None, None, is_late=True)
    age = at - verified.taken_at
    return BackupState(verified, age, is_late=age > LATE)
