from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import ScheduledReport
from analytics.operations.mail_hindrance import TAKES_OUT, WORDS, mail_hindrance, may_see
from analytics.operations.next_mail_at import next_mail_at
from customers.models import User
from customers.operations.record_sets import record_sets, sets_of

MOST_RECIPIENTS = 50


@transaction.atomic
def write_scheduled_report(
    *, schedule: ScheduledReport, changes: dict[str, Any], by: User, at: datetime, expected_version: int | None = None
) -> ScheduledReport:
    """Have a dashboard or a report mailed regularly, or change how. `changes` may hold `recipients`. Whoever makes it
    owns it, and alone changes it. A recipient who is added must be able to get it; one who was there may stay.

    Raises StaleVersion, ValidationError."""
    is_new = schedule.pk is None
    changes = {**changes}
    recipients: Sequence[User] | None = changes.pop("recipients", None)
    if is_new:
        schedule.owner, schedule.created_at = by, at
    else:
        schedule.refresh_from_db(from_queryset=ScheduledReport.objects.select_for_update())
        schedule.require_version(expected_version)
    require_their_own(schedule, by)
    for name, value in changes.items():
        setattr(schedule, name, value)
    schedule.full_clean()
    require_may_schedule(schedule, by)
    require_recipients(schedule, recipients, is_new=is_new)
    if is_new or {*ScheduledReport.WHEN} & {*changes}:
        schedule.next_at = next_mail_at(schedule=schedule, after=at) if schedule.is_active else None
        changes["next_at"] = schedule.next_at
    if is_new:
        schedule.save(force_insert=True)
    else:
        schedule.save_checked(update_fields=list(changes))
    if recipients is not None:
        before = sets_of(schedule, {"recipients"})
        schedule.recipients.set(recipients)
        record_sets(schedule, before)
    return schedule


def require_their_own(schedule: ScheduledReport, by: User) -> None:
    """Raise ValidationError where it is another's."""
    if schedule.owner_id != by.pk and not by.is_superuser:
        raise ValidationError(_("Only its owner changes this."))


def require_may_schedule(schedule: ScheduledReport, by: User) -> None:
    """Raise ValidationError where somebody would send what they do not see, or may not take out."""
    if not may_see(schedule, by):
        name = "dashboard" if schedule.dashboard_id is not None else "report"
        raise ValidationError({name: _("It is gone, or you may not see it. Choose another.")})
    if not by.has_perm(TAKES_OUT):
        raise ValidationError(_("You may not take files out, so you cannot have them mailed."))


def require_recipients(schedule: ScheduledReport, recipients: Sequence[User] | None, *, is_new: bool) -> None:
    """Raise ValidationError where nobody gets it, too many do, or one who is new could not get it."""
    if recipients is None:
        if is_new:
            raise ValidationError({"recipients": _("Choose who gets it.")})
        return
    if not recipients or len(recipients) > MOST_RECIPIENTS:
        raise ValidationError({"recipients": _("Choose from one to %(most)d colleagues.") % {"most": MOST_RECIPIENTS}})
    known = set() if is_new else set(schedule.recipients.values_list("pk", flat=True))
    problems = [
        f"{user.get_username()}: {WORDS[reason]}"
        for user in recipients
        if user.pk not in known and (reason := mail_hindrance(schedule, user))
    ]
    if problems:
        raise ValidationError({"recipients": problems})
