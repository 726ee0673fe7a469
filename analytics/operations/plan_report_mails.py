from datetime import datetime

from django.db import transaction

from analytics.models import ScheduledReport
from analytics.operations.next_mail_at import next_mail_at
from customers.models import Job
from customers.operations.start_job import start_job

KIND = "scheduled_report"
AT_ONCE = 100


def plan_report_mails(*, at: datetime) -> list[Job]:
    """Make a job for each scheduled report that is due, and say when it is due next: in one transaction, so that none
    is lost and none is made twice. Of times that were missed one is made up for. Any number may run at once."""
    due = ScheduledReport.objects.filter(is_active=True, next_at__lte=at).order_by("next_at", "pk")[:AT_ONCE]
    jobs = (_plan(schedule, at) for schedule in due)
    return [job for job in jobs if job is not None]


@transaction.atomic
def _plan(schedule: ScheduledReport, at: datetime) -> Job | None:
    due = schedule.next_at
    mine = ScheduledReport._base_manager.filter(pk=schedule.pk, is_active=True, next_at=due)
    if due is None or not mine.update(next_at=next_mail_at(schedule=schedule, after=at)):
        return None
    return start_job(kind=KIND, key=f"{KIND}:{schedule.pk}:{due:%Y%m%dT%H%M%S}", subject_id=schedule.pk, at=at)
