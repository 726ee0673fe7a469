"""Exports that are too long to wait for."""

from datetime import datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.encryption.files import size_of
from customers.exporters.rows import MayNotSee, NoSuchList, rows_of_list
from customers.exporters.sheet import sheet_of
from customers.exporters.write_export import write_rows
from customers.models import Export, Job
from customers.operations.forget_exports import exports_folder, new_export_file
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.start_export import KIND


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    export = Export.objects.select_related("owner").filter(pk=job.subject_id or 0).first()
    if export is None:
        raise JobFailed(_("The export is not on record any more."))
    path = exports_folder() / export.file
    # Each attempt writes a file of its own, so that a worker who was thought dead spoils nothing.
    draft = path.with_name(f"{path.name}.{job.token.hex}")
    try:
        rows = _write(export, draft, progress)
        job.write_if_mine(done=rows, total=rows)  # raises where another worker took over
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    export.rows, export.size = rows, size_of(path)
    export.save(update_fields=["rows", "size"])
    return {"rows": rows, "size": export.size}


def _write(export: Export, draft: Path, progress: Progress) -> int:
    model = apps.get_model(export.model)
    sheet = sheet_of(model)
    if sheet is None:
        raise JobFailed(_("This list cannot be exported."))
    try:
        rows = rows_of_list(model, export.query, export.owner)
    except (NoSuchList, MayNotSee) as refused:
        raise JobFailed(str(refused)) from refused
    with new_export_file(export, draft) as file:
        return write_rows(
            file,
            format=export.format,
            sheet=sheet,
            rows=rows,
            user=export.owner,
            query=export.query,
            tell=progress,
        )


def _ended_badly(job: Job, at: datetime) -> None:
    forget_files(job)


def forget_files(job: Job) -> None:
    """Delete what the job of an export has written."""
    export = Export.objects.filter(pk=job.subject_id or 0).first()
    if export is not None:
        for path in exports_folder().glob(f"{export.file}*"):
            path.unlink(missing_ok=True)


EXPORT = JobKind(KIND, gettext_lazy("Export"), _run, _ended_badly)
