"""Backups as jobs: one makes it, the next verifies it. Those that are kept no longer go only after that."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.backup.keys import WrongKey
from customers.backup.place import NoSuchBackup
from customers.backup.tools import BackupFailed
from customers.models import Backup, Job
from customers.operations.forget_backups import forget_backups
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.make_backup import make_backup
from customers.operations.start_backup import BACKUP_KIND, VERIFY_KIND, start_verification
from customers.operations.verify_backup import verify_backup


def run_backup(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    """Make one. A job that was killed makes another."""
    try:
        backup = make_backup(clock=clock, tell=lambda done, step: progress(done, 0, step))
    except BackupFailed as failed:
        raise JobFailed(str(failed)) from failed
    start_verification(backup=backup, at=clock(), by=job.created_by)
    return {"backup": backup.name, "rows": backup.rows, "bytes": backup.bytes, "files": backup.files}


def run_verification(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    """Restore it into a new database and compare; then do away with what is kept no longer."""
    backup = Backup.objects.filter(pk=job.subject_id or 0).first()
    if backup is None:
        raise JobFailed(_("The backup is not on record any more."))
    try:
        found = verify_backup(name=backup.name, clock=clock, tell=lambda done, step: progress(done, 0, step))
    except (BackupFailed, NoSuchBackup, WrongKey) as failed:
        raise JobFailed(str(failed)) from failed
    if found.findings:
        raise JobFailed("; ".join(found.findings))
    gone = forget_backups(at=clock())
    return {"backup": found.name, "rows": found.rows, "files": found.files, "gone": len(gone)}


BACKUP = JobKind(BACKUP_KIND, gettext_lazy("Backup"), run_backup)
VERIFICATION = JobKind(VERIFY_KIND, gettext_lazy("Verification of a backup"), run_verification)
