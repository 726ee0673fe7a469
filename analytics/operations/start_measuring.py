from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.operations.measure_draft import measure_draft
from analytics.operations.revise_draft import VersionIsFrozen
from analytics.operations.start_preview import AT_ONCE, GOING_ON
from customers.audit.record import record
from customers.choices import AuditKind
from customers.models import Customer, Job, StaleVersion, User
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.start_job import start_job

Version = ScoreModelVersion | PreferenceModelVersion

KINDS: dict[type[Version], str] = {
    ScoreModelVersion: "measure-version",
    PreferenceModelVersion: "measure-preferences",
}


def start_measuring(
    *, version: Version, at: datetime, by: User | None = None, expected_version: int | None = None
) -> Job | None:
    """Measure on everybody what a draft takes for usual, see measure_draft: at once where there are few customers (then
    there is no job), else by a job. One that goes on already is returned. Raises VersionIsFrozen, StaleVersion."""
    if Customer.objects.living()[: AT_ONCE + 1].count() <= AT_ONCE:
        draft: Any = version
        measure_draft(version=draft, at=at, by=by, expected_version=expected_version)
        record(AuditKind.DONE, version, measured=True)
        return None
    version.refresh_from_db()
    version.require_version(expected_version)
    if not version.is_draft:
        raise VersionIsFrozen
    return measuring_of(version) or start_job(kind=KINDS[type(version)], subject_id=version.pk, at=at, by=by)


def measuring_of(version: Version) -> Job | None:
    """The job that measures a draft now."""
    jobs = Job.objects.filter(kind=KINDS[type(version)], subject_id=version.pk, state__in=GOING_ON)
    return jobs.order_by("-id").first()


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    model: Any = next(model for model, kind in KINDS.items() if kind == job.kind)
    version = model.objects.filter(pk=job.subject_id or 0).first()
    if version is None:
        raise JobFailed(_("The draft is not there any more."))
    try:
        measured = measure_draft(version=version, at=clock(), by=job.created_by, tell=progress)
    except VersionIsFrozen as refused:
        raise JobFailed(str(refused)) from refused
    except StaleVersion as stale:
        raise JobFailed(_("Somebody edited the draft meanwhile. Measure again.")) from stale
    return _told(measured)


def _told(version: Version) -> dict[str, Any]:
    """What was measured, in short."""
    if isinstance(version, PreferenceModelVersion):
        return {name: round(mean, 4) for name, mean in version.parameters["item_means"].items()}
    return {name: round(values["baseline"], 4) for name, values in version.parameters.items()}


MEASURE = JobKind(KINDS[ScoreModelVersion], gettext_lazy("Measuring of baselines"), _run)
MEASURE_PREFERENCES = JobKind(
    KINDS[PreferenceModelVersion], gettext_lazy("Measuring of what is usual of preferences"), _run
)
