from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import override, pgettext_lazy

from customers.audit.origin import in_bulk
from customers.models import Team
from services.choices import Priority
from services.models import Calendar, Queue, ServiceType, SLAPolicy, SLATarget

OFFICE_HOURS = {str(day): [["09:00", "12:30"], ["13:30", "18:00"]] for day in range(5)}

# priority -> minutes of business time: first reply, next reply, resolution
FIRST_TARGETS = {
    Priority.URGENT: (30, 60, 4 * 60),
    Priority.HIGH: (60, 2 * 60, 8 * 60),
    Priority.NORMAL: (4 * 60, 8 * 60, 24 * 60),
    Priority.LOW: (8 * 60, 16 * 60, 40 * 60),
}

# code, name: stored in English, shown in the reader's language
SERVICE_TYPES = [
    ("question", pgettext_lazy("service type", "Question")),
    ("complaint", pgettext_lazy("service type", "Complaint")),
    ("repair", pgettext_lazy("service type", "Repair")),
    ("return", pgettext_lazy("service type", "Return")),
    ("billing", pgettext_lazy("service type", "Billing")),
]


def prepare_services(**signal: Any) -> None:
    """What every service desk starts with, after each migrate: a calendar, a queue, service types and a policy.
    Only where there is none: what staff deleted does not come back."""
    if Queue._meta.db_table not in connection.introspection.table_names():  # migrated back to zero
        return
    with transaction.atomic(), override(None), in_bulk():  # nobody's doing
        if Queue.objects.exists() or Calendar.objects.exists():
            return
        calendar = Calendar.objects.create(name="Office hours", time_zone=settings.TIME_ZONE, hours=OFFICE_HOURS)
        Queue.objects.create(name="Support", team=Team.objects.order_by("pk")[0], calendar=calendar)
        ServiceType.objects.bulk_create(ServiceType(code=code, name=str(name)) for code, name in SERVICE_TYPES)
        policy = SLAPolicy.objects.create(name="Standard")
        SLATarget.objects.bulk_create(
            SLATarget(
                policy=policy,
                priority=priority,
                first_reply_minutes=first,
                next_reply_minutes=following,
                resolution_minutes=resolution,
            )
            for priority, (first, following, resolution) in FIRST_TARGETS.items()
        )
