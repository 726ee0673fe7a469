from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.choices import VersionState
from analytics.models import ScoreModelVersion, VersionPreview
from analytics.operations.activate_version import VersionIsActive
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.preview_version import preview_version
from customers.audit.record import record
from customers.choices import AuditKind, LeaseState
from customers.models import Customer, Job, User
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.start_job import start_job

KIND = "preview-version"
# So many customers are scored twice in about a second: nobody need come back for that.
AT_ONCE = 2_000
GOING_ON = (LeaseState.TODO, LeaseState.LEASED)


@transaction.atomic
def start_preview(*, version: ScoreModelVersion, at: datetime, by: User | None = None) -> VersionPreview:
    """Compute who would move if a version were activated: at once where there are few customers, else by a job. One
    that goes on already is returned as it is. Raises VersionIsActive."""
    ensure_versions(at=at)
    # Locked, so that of two who ask at once one starts it.
    row = ScoreModelVersion.objects.select_for_update().get(pk=version.pk)
    if row.state == VersionState.ACTIVE:
        raise VersionIsActive(_("Version %(number)d is in force already.") % {"number": row.number})
    found = VersionPreview.objects.filter(pk=row.pk).select_related("job").first()
    if found is not None and found.job is not None and found.job.state in GOING_ON:
        return found
    made: dict[str, Any] = {"row_version": row.version, "as_of": at, "by": by, "job": None, "result": None}
    preview = VersionPreview.objects.update_or_create(version=row, defaults=made)[0]
    record(AuditKind.DONE, row, preview=True)
    if Customer.objects.living()[: AT_ONCE + 1].count() <= AT_ONCE:
        return _compute(preview, at)
    preview.job = start_job(kind=KIND, subject_id=row.pk, at=at, by=by)
    preview.save(update_fields=["job"])
    return preview


def is_old(preview: VersionPreview, version: ScoreModelVersion) -> bool:
    """Whether the draft was edited, or another version came in force, since the preview was made."""
    if version.state == VersionState.ACTIVE:  # it shows what was known before
        return False
    in_force = ScoreModelVersion.objects.active().values_list("pk", flat=True).first()
    edited = version.is_draft and preview.row_version != version.version
    return edited or preview.against_id != in_force


def _compute(preview: VersionPreview, at: datetime, progress: Progress | None = None) -> VersionPreview:
    version = ScoreModelVersion.objects.get(pk=preview.version_id)
    preview.against = ScoreModelVersion.objects.active().get()
    preview.row_version, preview.as_of = version.version, at
    tell = progress or (lambda done, total: None)
    preview.result = preview_version(version=version, against=preview.against, as_of=at, tell=tell)
    preview.save(update_fields=["against", "row_version", "as_of", "result"])
    return preview


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    preview = VersionPreview.objects.filter(pk=job.subject_id or 0, job=job).first()
    if preview is None:
        raise JobFailed(_("The draft is not there any more."))
    result = _compute(preview, clock(), progress).result or {}
    return {"customers": result["customers"], "rose": result["rose"], "fell": result["fell"]}


PREVIEW = JobKind(KIND, gettext_lazy("Preview of a score version"), _run)
