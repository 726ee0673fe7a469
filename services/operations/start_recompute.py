"""Recomputing of all due times as a job: after a change of a calendar, a policy or a target."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.choices import LeaseState
from customers.models import Job, User
from customers.operations.job_kinds import Clock, JobKind, Progress, register_job
from customers.operations.start_job import start_job
from services.operations.recompute_clocks import recompute_clocks

UNSOLVED_KIND, ALL_KIND = "clocks", "clocks_of_all"


def start_recompute(*, by: User | None, at: datetime, everything: bool = False) -> Job:
    """Have the clocks of all unsolved tickets, or of all, recomputed by a worker. A job that waits already is enough:
    it reads calendars and policies when it begins."""
    kind = ALL_KIND if everything else UNSOLVED_KIND
    waiting = Job.objects.filter(kind=kind, state=LeaseState.TODO, started_at=None).order_by("pk").first()
    return waiting or start_job(kind=kind, by=by, at=at)


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    done = recompute_clocks(at=clock(), everything=job.kind == ALL_KIND, tell=progress)
    return {"tickets": done.tickets, "changed": done.changed, "breaches_kept": done.breaches_kept}


def register_recompute() -> None:
    """Make both kinds of job known. Called once a process."""
    register_job(JobKind(UNSOLVED_KIND, _("Due times of unsolved tickets"), _run))
    register_job(JobKind(ALL_KIND, _("Due times of all tickets"), _run))
