"""Relationship value as a job of the night: once a day, with progress, going on where it was killed."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.operations.ensure_nightly_run import due_at_or_before
from analytics.operations.value_customers import value_customers
from customers.models import Job
from customers.operations.job_kinds import Clock, JobKind, Progress
from customers.operations.start_job import start_job

KIND = "value_customers"


def plan_value(*, at: datetime) -> Job:
    """The one job of the night that is due: made, or found."""
    night = timezone.localdate(due_at_or_before(at), timezone.get_default_timezone())
    return start_job(kind=KIND, key=f"{KIND}:{night:%Y-%m-%d}", at=at)


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    steps = {"fit": _("learning from orders"), "values": _("computing values"), "actions": _("offering actions")}
    model = value_customers(
        logical_at=job.created_at, clock=clock, told=lambda done, of, step: progress(done, of, steps[step])
    )
    return {"customers": model.customers}


VALUE = JobKind(KIND, gettext_lazy("Relationship value of everybody"), _run)
