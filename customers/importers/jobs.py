"""Imports by a worker: the check, which writes nothing, and the import itself."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import ImportState, LeaseState
from customers.importers.draft import Draft, FilesGone
from customers.importers.files.sheet import ImportStopped
from customers.importers.formats import format_of
from customers.importers.read_tables import path_for, reader_of
from customers.importers.run import work_through
from customers.models import ImportBatch, Job, LeaseLost, User
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.start_job import start_job
from customers.operations.uploads import forget_upload, upload_of

CHECK_KIND, IMPORT_KIND = "check-import", "import"
PREPARED = (ImportState.UPLOADED, ImportState.CHECKED)


class NotPrepared(Exception):
    """The import cannot begin like this. `problems` say why, in sentences. Nothing was changed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(" ".join(problems))


class AtWork(Exception):
    """The import is being worked on, or has ended. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__(_("This import is at work already, or has ended."))


def start_check(*, batch: ImportBatch, at: datetime, by: User) -> Job:
    """Have a worker go through the files without writing anything, and say what would become of each row.

    Raises NotPrepared, FilesGone, AtWork."""
    return _start(batch, CHECK_KIND, ImportState.CHECKING, PREPARED, at, by)


def start_import(*, batch: ImportBatch, at: datetime, by: User) -> Job:
    """Have a worker import the files. One that failed goes on where it was. Raises NotPrepared, FilesGone, AtWork."""
    return _start(batch, IMPORT_KIND, ImportState.RUNNING, (*PREPARED, ImportState.FAILED), at, by)


@transaction.atomic
def _start(
    batch: ImportBatch, kind: str, state: ImportState, before: tuple[ImportState, ...], at: datetime, by: User
) -> Job:
    problems = Draft(batch).problems()
    if problems:
        raise NotPrepared(problems)
    if not ImportBatch.objects.filter(pk=batch.pk, state__in=before).update(state=state):
        raise AtWork
    batch.state, batch.error = state, ""
    batch.job = start_job(kind=kind, subject_id=batch.pk, by=by, at=at)
    batch.save(update_fields=["error", "job"])
    return batch.job


def _check(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    return _work(job, progress, clock, rehearsal=True)


def _import(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    return _work(job, progress, clock, rehearsal=False)


def _work(job: Job, progress: Progress, clock: Clock, *, rehearsal: bool) -> dict[str, Any]:
    batch = _batch_of(job)
    if batch is None:
        raise JobFailed(_("The import is not on record any more."))
    at_work, ended = _states(rehearsal)
    if batch.state == ended:  # an earlier worker came to the end and died before it could say so
        return dict(batch.counts)
    folder = upload_of(batch)
    if folder is None:
        raise JobFailed(str(FilesGone()))
    _set(batch, at_work)
    format = format_of(batch.format)
    try:
        work_through(
            batch=batch,
            reader=reader_of(format),
            path=path_for(format, folder),
            now=clock,
            reports=Path(settings.VAR_DIR) / "reports",
            rehearsal=rehearsal,
            tell=progress,
            ended=ended,
        )
    except ImportStopped as error:
        raise JobFailed(str(error).replace(f"{folder}/", "")) from error
    except LeaseLost:
        job.refresh_from_db()
        if job.state == LeaseState.STOPPED:
            _ended_badly(job, clock())
        else:  # another worker has it
            _set(batch, at_work)
        raise
    if not rehearsal:
        forget_upload(batch)
    return dict(batch.counts)


def _states(rehearsal: bool) -> tuple[ImportState, ImportState]:
    return (ImportState.CHECKING, ImportState.CHECKED) if rehearsal else (ImportState.RUNNING, ImportState.DONE)


def _batch_of(job: Job) -> ImportBatch | None:
    return ImportBatch.objects.select_related("team", "started_by").filter(pk=job.subject_id or 0).first()


def _set(batch: ImportBatch, state: ImportState, error: str = "") -> None:
    batch.state, batch.error = state, error
    batch.save(update_fields=["state", "error"])


def _ended_badly(job: Job, at: datetime) -> None:
    """After a check that failed people go back to the mapping; what an import wrote stays, and can be undone."""
    batch = _batch_of(job)
    if batch is None:
        return
    if job.kind == CHECK_KIND:
        _set(batch, ImportState.UPLOADED, job.error or _("The check was stopped."))
    else:
        stopped = _("The import was stopped. Go on with it, or undo what it has written.")
        _set(batch, ImportState.FAILED, job.error or stopped)


CHECK = JobKind(CHECK_KIND, gettext_lazy("Check of an import"), _check, _ended_badly)
IMPORT = JobKind(IMPORT_KIND, gettext_lazy("Import"), _import, _ended_badly)
