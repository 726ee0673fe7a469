from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.operations.find_single_contacts import find_single_contacts
from customers.models import Job
from customers.operations.job_kinds import Clock, JobKind, Progress
from customers.operations.start_job import start_job

KIND = "contact_risks"


def plan_contact_risks(*, at: datetime) -> Job:
    """The one search of this day for organisations that one contact carries: made, or found. A year of tickets is
    counted once a day; it does not change by the hour."""
    today = timezone.localtime(at, timezone.get_default_timezone()).date()
    return start_job(kind=KIND, key=f"{KIND}:{today:%Y-%m-%d}", at=at)


def _run(_job: Job, _progress: Progress, clock: Clock) -> dict[str, Any]:
    return {"organisations": find_single_contacts(at=clock())}


CONTACT_RISKS = JobKind(KIND, _("Search for organisations that one contact carries"), _run)
