from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import ImportState
from customers.models import ImportBatch, Job, User
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.start_job import start_job
from customers.operations.undo_import import (
    CannotUndo,
    RowsTouched,
    claim_for_undo,
    give_up_undo,
    has_begun,
    undo_import,
)
from customers.operations.what_was_touched import what_was_touched

KIND = "undo-import"

# Up to so many rows the answer whether an import can be undone is worth waiting for.
LOOKED_AT_FIRST = 2_000


@transaction.atomic
def start_undo(*, batch: ImportBatch, at: datetime, by: User | None = None) -> Job:
    """Have a worker undo an import. What stands in the way of a small one is said at once; that of a large one by the
    job. Raises CannotUndo, RowsTouched."""
    claim_for_undo(batch=batch)
    if rows_of(batch) <= LOOKED_AT_FIRST and not has_begun(batch):
        touched = what_was_touched(batch=batch, by=by)
        if touched:
            raise RowsTouched(touched)
    job = start_job(kind=KIND, subject_id=batch.pk, at=at, by=by)
    batch.job = job
    batch.save(update_fields=["job"])
    return job


def rows_of(batch: ImportBatch) -> int:
    """How many rows the import created and changed, as its counts tell."""
    return sum(counts.get("created", 0) + counts.get("updated", 0) for counts in batch.counts.values())


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    batch = ImportBatch.objects.filter(pk=job.subject_id or 0).first()
    if batch is None:
        raise JobFailed(_("The import is not on record any more."))
    if batch.state == ImportState.UNDONE:  # an earlier worker came to the end and died before it could say so
        return {}
    try:
        done = undo_import(batch=batch, by=job.created_by, at=clock(), tell=progress)
    except CannotUndo as refused:
        raise JobFailed(str(refused)) from refused
    return {"removed": done.removed, "restored": done.restored, "kept": len(done.kept)}


def _ended_badly(job: Job, at: datetime) -> None:
    batch = ImportBatch.objects.filter(pk=job.subject_id or 0, state=ImportState.UNDOING).first()
    if batch is None:
        return
    half = _("The undo stopped half-way. Start it again: it goes on where it was.")
    give_up_undo(batch=batch, error=half if has_begun(batch) else "")


UNDO_IMPORT = JobKind(KIND, gettext_lazy("Undo of an import"), _run, _ended_badly)
