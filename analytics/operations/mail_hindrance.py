"""Why somebody does not get a scheduled report: asked when it is written, and shown on its page."""

from django.utils.translation import gettext_lazy as _

from analytics.models import Dashboard, SavedReport, ScheduledReport
from customers.models import User

SENT = "sent"
TAKES_OUT = "customers.add_export"
WORDS = {
    SENT: _("sent"),
    "left": _("left the company: nothing is sent until they are active again"),
    "address": _("has no e-mail address"),
    "sight": _("may not see it any more: nothing is sent until they may again"),
    "export": _("may not take files out"),
    "mailbox": _("no mailbox sends mail: set one up"),
    "failed": _("could not be made"),
    "size": _("too large for a mail"),
}
STANDINGS = [*WORDS]


def mail_hindrance(schedule: ScheduledReport, user: User) -> str:
    """A word of WORDS; empty: they get it."""
    if not (user.is_active and user.is_staff):
        return "left"
    if not user.email:
        return "address"
    if not may_see(schedule, user):
        return "sight"
    return "" if user.has_perm(TAKES_OUT) else "export"


def may_see(schedule: ScheduledReport, user: User) -> bool:
    """Whether somebody sees what is scheduled."""
    if schedule.dashboard_id is not None:
        seen = Dashboard.objects.visible_to(user).filter(pk=schedule.dashboard_id)
        return user.has_perm("analytics.view_dashboard") and seen.exists()
    reports = SavedReport.objects.visible_to(user).filter(pk=schedule.report_id or 0)
    return user.has_perm("analytics.view_savedreport") and reports.exists()
