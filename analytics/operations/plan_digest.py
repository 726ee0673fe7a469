from datetime import datetime

from analytics.choices import RunKind, RunState
from analytics.models import ScoringRun
from customers.models import Job
from customers.operations.start_job import start_job

KIND = "digest"


def plan_digest(*, at: datetime) -> Job | None:
    """Make the job of the newest night's digest once its run has finished; None where there is nothing to tell or the
    job is there. Its key is the lock: two beats at once make one."""
    ended = ScoringRun.objects.filter(kind=RunKind.NIGHTLY, state__in=(RunState.DONE, RunState.PARTIAL))
    run = ended.order_by("-logical_at").only("pk").first()
    if run is None:
        return None
    key = f"{KIND}:{run.pk}"
    if Job.objects.filter(key=key).exists():
        return None
    return start_job(kind=KIND, key=key, subject_id=run.pk, at=at)
