"""A test of the scores as a job: progress, and what came of it."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models import ScoreValidation
from analytics.operations.ask_for_validation import KIND
from analytics.operations.validate_scores import validate_scores
from customers.models import Job
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    validation = ScoreValidation.objects.select_related("version").filter(pk=job.subject_id or 0).first()
    if validation is None:
        raise JobFailed(_("The test was deleted meanwhile."))
    step = _("reading ratings")
    done = validate_scores(
        validation=validation, at=clock(), told=lambda some, everybody: progress(some, everybody, step)
    )
    return {"ratings": done.result["ratings"] if done.result else 0}


def _ended_badly(job: Job, at: datetime) -> None:
    """Stopped, or failed for good: the test says so."""
    open_still = ScoreValidation.objects.filter(pk=job.subject_id or 0, finished_at=None)
    open_still.update(finished_at=at, error=job.error or _("It was stopped."))


VALIDATION = JobKind(KIND, gettext_lazy("Test of the scores"), _run, _ended_badly)
