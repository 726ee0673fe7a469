from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.choices import VersionState
from analytics.models import PreferenceModelVersion, PreferencePreview, Preview, ScoreModelVersion, VersionPreview
from analytics.operations.activate_version import VersionIsActive
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.preview_preferences import preview_preferences
from analytics.operations.preview_version import preview_version
from customers.audit.record import record
from customers.choices import AuditKind, LeaseState
from customers.models import Customer, Job, User
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.start_job import start_job

# So many customers are scored twice in about a second: nobody need come back for that.
AT_ONCE = 2_000
GOING_ON = (LeaseState.TODO, LeaseState.LEASED)

Version = ScoreModelVersion | PreferenceModelVersion


@dataclass(frozen=True, slots=True)
class Previewed:
    """A model whose versions are previewed: where the preview is kept, what computes it, the job that does it where
    there are many customers, and what came of that in short."""

    kept: Any
    compute: Callable[..., dict[str, Any]]
    kind: str
    told: Callable[[dict[str, Any]], dict[str, Any]]


def _moved(result: dict[str, Any]) -> dict[str, Any]:
    return {name: result[name] for name in ("customers", "rose", "fell")}


def _changed(result: dict[str, Any]) -> dict[str, Any]:
    return {"customers": result["customers"], **{kind: row["changed"] for kind, row in result["firsts"].items()}}


PREVIEWED: dict[type[Version], Previewed] = {
    ScoreModelVersion: Previewed(VersionPreview, preview_version, "preview-version", _moved),
    PreferenceModelVersion: Previewed(PreferencePreview, preview_preferences, "preview-preferences", _changed),
}


@transaction.atomic
def start_preview(*, version: Version, at: datetime, by: User | None = None) -> Preview:
    """Compute who would be moved if a version were activated: at once where there are few customers, else by a job. One
    that goes on already is returned as it is. Raises VersionIsActive."""
    ensure_versions(at=at)
    model: Any = type(version)
    asked = PREVIEWED[model]
    # Locked, so that of two who ask at once one starts it.
    row = model.objects.select_for_update().get(pk=version.pk)
    if row.state == VersionState.ACTIVE:
        raise VersionIsActive(_("Version %(number)d is in force already.") % {"number": row.number})
    found = preview_of(row)
    if found is not None and found.job is not None and found.job.state in GOING_ON:
        return found
    made: dict[str, Any] = {"row_version": row.version, "as_of": at, "by": by, "job": None, "result": None}
    preview: Preview = asked.kept.objects.update_or_create(version=row, defaults=made)[0]
    record(AuditKind.DONE, row, preview=True)
    if Customer.objects.living()[: AT_ONCE + 1].count() <= AT_ONCE:
        return _compute(preview, at)
    preview.job = start_job(kind=asked.kind, subject_id=row.pk, at=at, by=by)
    preview.save(update_fields=["job"])
    return preview


def preview_of(version: Version) -> Preview | None:
    """The newest preview of a version, with its job and what it was compared with."""
    kept = PREVIEWED[type(version)].kept
    found: Preview | None = kept.objects.filter(pk=version.pk).select_related("version", "against", "job", "by").first()
    return found


def is_old(preview: Preview, version: Version) -> bool:
    """Whether the draft was edited, or another version came in force, since the preview was made."""
    if version.state == VersionState.ACTIVE:  # it shows what was known before
        return False
    model: Any = type(version)
    in_force = model.objects.active().values_list("pk", flat=True).first()
    edited = version.is_draft and preview.row_version != version.version
    return edited or preview.against_id != in_force


def _compute(preview: Any, at: datetime, progress: Progress | None = None) -> Preview:
    version = preview.version
    version.refresh_from_db()  # a job may have waited, and the draft been edited meanwhile
    model: Any = type(version)
    preview.against = model.objects.active().get()
    preview.row_version, preview.as_of = version.version, at
    tell = progress or (lambda done, total: None)
    preview.result = PREVIEWED[model].compute(version=version, against=preview.against, as_of=at, tell=tell)
    preview.save(update_fields=["against", "row_version", "as_of", "result"])
    done: Preview = preview
    return done


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    asked = next(asked for asked in PREVIEWED.values() if asked.kind == job.kind)
    preview = asked.kept.objects.filter(pk=job.subject_id or 0, job=job).first()
    if preview is None:
        raise JobFailed(_("The draft is not there any more."))
    return asked.told(_compute(preview, clock(), progress).result or {})


PREVIEW = JobKind(PREVIEWED[ScoreModelVersion].kind, gettext_lazy("Preview of a score version"), _run)
PREVIEW_PREFERENCES = JobKind(
    PREVIEWED[PreferenceModelVersion].kind, gettext_lazy("Preview of a preference version"), _run
)
