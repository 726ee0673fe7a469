from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import ScheduledReport
from analytics.operations.plan_report_mails import KIND
from analytics.operations.write_scheduled_report import require_may_schedule, require_their_own
from customers.audit.record import record
from customers.choices import AuditKind, LeaseState
from customers.models import Job, User
from customers.operations.start_job import start_job


@transaction.atomic
def send_scheduled_report(*, schedule: ScheduledReport, by: User, at: datetime) -> Job:
    """Have it sent now, to all who get it, besides its usual times. A job that is under way is answered instead of a
    second one. Raises ValidationError."""
    row = ScheduledReport.objects.select_for_update().get(pk=schedule.pk)
    require_their_own(row, by)
    require_may_schedule(row, by)
    if not row.recipients.exists():
        raise ValidationError(_("Nobody gets it: choose who."))
    going_on = mail_job(row.pk)
    if going_on is not None and going_on.state in (LeaseState.TODO, LeaseState.LEASED):
        return going_on
    record(AuditKind.DONE, row)
    return start_job(kind=KIND, at=at, by=by, subject_id=row.pk)


def mail_job(schedule_id: int) -> Job | None:
    """The newest job that sends it."""
    return Job.objects.filter(kind=KIND, subject_id=schedule_id).order_by("-pk").first()
