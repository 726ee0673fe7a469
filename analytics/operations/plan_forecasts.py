from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.operations.forecast_demand import forecast_demand
from analytics.operations.start_forecasts import start_forecasts
from customers.models import Job
from customers.operations.job_kinds import Clock, JobKind, Progress
from customers.operations.start_job import start_job

KIND = "forecast_demand"
# After the nightly run of the scores.
NIGHTLY_TIME = time(3)


def plan_forecasts(*, at: datetime) -> Job | None:
    """The one job that forecasts demand this night: made, or found; None before 03:00 in TIME_ZONE. Its key is the
    lock, and that of the run: whoever does it again goes on with the same run."""
    now = timezone.localtime(at, timezone.get_default_timezone())
    if now.time() < NIGHTLY_TIME:
        return None
    return start_job(kind=KIND, key=f"{KIND}:{now:%Y-%m-%d}", at=at)


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    at = clock()
    run = start_forecasts(as_of=at, at=at, key=job.key or f"job:{job.pk}")
    done = forecast_demand(run=run, at=at, told=progress)
    return {"groups": done.groups, "left_out": done.left_out}


FORECASTS = JobKind(KIND, _("Forecast of demand"), _run)
