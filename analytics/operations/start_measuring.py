from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models import ScoreModelVersion
from analytics.operations.measure_draft import measure_draft
from analytics.operations.revise_draft import VersionIsFrozen
from analytics.operations.start_preview import AT_ONCE, GOING_ON
from customers.audit.record import record
from customers.choices import AuditKind
from customers.models import Customer, Job, StaleVersion, User
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from customers.operations.start_job import start_job

KIND = "measure-version"


def start_measuring(
    *, version: ScoreModelVersion, at: datetime, by: User | None = None, expected_version: int | None = None
) -> Job | None:
    """Measure the baselines of a draft on everybody, see measure_draft: at once where there are few customers (then
    there is no job), else by a job. One that goes on already is returned. Raises VersionIsFrozen, StaleVersion."""
    if Customer.objects.living()[: AT_ONCE + 1].count() <= AT_ONCE:
        measure_draft(version=version, at=at, by=by, expected_version=expected_version)
        record(AuditKind.DONE, version, measured=True)
        return None
    version.refresh_from_db()
    version.require_version(expected_version)
    if not version.is_draft:
        raise VersionIsFrozen
    return measuring_of(version) or start_job(kind=KIND, subject_id=version.pk, at=at, by=by)


def measuring_of(version: ScoreModelVersion) -> Job | None:
    """The job that measures a draft now."""
    return Job.objects.filter(kind=KIND, subject_id=version.pk, state__in=GOING_ON).order_by("-id").first()


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    version = ScoreModelVersion.objects.filter(pk=job.subject_id or 0).first()
    if version is None:
        raise JobFailed(_("The draft is not there any more."))
    try:
        measured = measure_draft(version=version, at=clock(), by=job.created_by, tell=progress)
    except VersionIsFrozen as refused:
        raise JobFailed(str(refused)) from refused
    except StaleVersion as stale:
        raise JobFailed(_("Somebody edited the draft meanwhile. Measure again.")) from stale
    return {name: round(values["baseline"], 4) for name, values in measured.parameters.items()}


MEASURE = JobKind(KIND, gettext_lazy("Measuring of baselines"), _run)
