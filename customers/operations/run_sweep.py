from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import Job
from customers.operations.job_kinds import Clock, JobKind, Progress
from customers.operations.plan_sweep import KIND
from customers.operations.sweep_duplicates import sweep_duplicates


def run_sweep(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    """The sweep as a job: its figures are what came of it."""
    return sweep_duplicates(at=clock(), tell=progress).as_dict()


SWEEP = JobKind(KIND, _("Search for duplicates"), run_sweep)
