from datetime import datetime

from django.db import transaction

from analytics.models import ScheduledReport
from customers.models import User
from customers.operations.record_sets import record_sets, sets_of


@transaction.atomic
def leave_scheduled_report(*, schedule: ScheduledReport, by: User, at: datetime) -> ScheduledReport:
    """Get it no longer. Whoever is not among its recipients stays so."""
    before = sets_of(schedule, {"recipients"})
    schedule.recipients.remove(by)
    record_sets(schedule, before)
    return schedule
