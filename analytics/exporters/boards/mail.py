"""Scheduled reports, written and put into the queue of outgoing mail: a job for each time that one is due."""

import logging
import zoneinfo
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy, override

from analytics.exporters.boards.file import CONTENT_TYPES, board_bytes, tell_board, tell_report
from analytics.models import ScheduledReport
from analytics.operations.mail_hindrance import SENT, mail_hindrance
from analytics.operations.plan_report_mails import KIND
from customers.audit.record import record
from customers.choices import AuditKind
from customers.models import Job, LeaseLost, User
from customers.operations.job_kinds import Clock, JobFailed, JobKind, Progress
from services.choices import MailPurpose
from services.models import Mailbox, OutboundMail
from services.operations.enclose_files import OwnFile
from services.operations.mail_texts import mail_text
from services.operations.queue_mail import queue_mail
from services.operations.reply_route import sending_mailboxes

logger = logging.getLogger(__name__)
MB = 1024**2


def mail_report(
    *, schedule: ScheduledReport, occasion: str, at: datetime, tell: Any = lambda done, total: None
) -> dict[str, str]:
    """Queue a mail with the file for each recipient who may have it: what is in the file is what *they* may see, now.
    Returns by the key of a recipient what came of it (see mail_hindrance.WORDS), which the schedule keeps.

    Of one `occasion` each gets one mail, however often this is called: its key is unique."""
    mailbox = sending_mailboxes().first()
    outcome = {}
    for user in schedule.recipients.order_by("pk"):
        reason = mail_hindrance(schedule, user) or ("" if mailbox is not None else "mailbox")
        if not reason and mailbox is not None:
            reason = _mail(schedule, user, mailbox, occasion, at, tell)
        outcome[str(user.pk)] = reason
    ScheduledReport._base_manager.filter(pk=schedule.pk).update(last_at=at, outcome=outcome)
    return outcome


def _mail(schedule: ScheduledReport, user: User, mailbox: Mailbox, occasion: str, at: datetime, tell: Any) -> str:
    key = f"report:{occasion}:{user.pk}"
    if OutboundMail.objects.filter(key=key).exists():
        return SENT
    try:
        with override(schedule.language), timezone.override(zoneinfo.ZoneInfo(schedule.time_zone)):
            file = _file(schedule, user, at, tell)
            if len(file.content) > settings.MAIL_FILES_MB * MB:
                return "size"
            subject, body = _words(schedule, user, at)
    except LeaseLost:
        raise
    except Exception as error:  # the others get theirs all the same; what it says may name somebody
        logger.error("scheduled report %s for user %s: %s", schedule.pk, user.pk, type(error).__name__)
        return "failed"
    with transaction.atomic():
        queue_mail(
            key=key,
            mailbox=mailbox,
            purpose=MailPurpose.REPORT,
            recipient=user.email,
            subject=subject,
            body=body,
            user=user,
            is_automatic=True,
            files=[file],
            at=at,
        )
        # A list that leaves the house is on record, as one that is handed out.
        record(AuditKind.EXPORTED, schedule, verb="mail_report", format=schedule.format, to=user.pk)
    return SENT


def _file(schedule: ScheduledReport, user: User, at: datetime, tell: Any) -> OwnFile:
    if schedule.dashboard is not None:
        told = tell_board(dashboard=schedule.dashboard, user=user, at=at, tell=tell)
    elif schedule.report is not None:
        told = tell_report(report=schedule.report, user=user, at=at)
    else:
        raise ValueError("a schedule of nothing")
    title = name_of(schedule)
    content = board_bytes(format=schedule.format, title=title, told=told, note=whose(user, at))
    return OwnFile(file_name(schedule, at), CONTENT_TYPES[schedule.format], content)  # type: ignore[index]


def whose(user: User, at: datetime) -> str:
    """Whose sight a file has, and of when it is."""
    words = {
        "name": user.get_full_name() or user.get_username(),
        "at": date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT"),
    }
    return gettext("As %(name)s sees it, %(at)s") % words


def name_of(schedule: ScheduledReport) -> str:
    """The name of what is scheduled."""
    return str(schedule.dashboard or schedule.report or "–")


def file_name(schedule: ScheduledReport, at: datetime) -> str:
    """It tells nothing of what is in it but when it was made."""
    kind = "dashboard" if schedule.dashboard_id is not None else "report"
    return f"{kind}-{schedule.dashboard_id or schedule.report_id}-{timezone.localtime(at):%Y-%m-%d}.{schedule.format}"


def _words(schedule: ScheduledReport, user: User, at: datetime) -> tuple[str, str]:
    page = (
        reverse("admin:analytics_dashboard_board", args=[schedule.dashboard_id])
        if schedule.dashboard_id is not None
        else reverse("admin:analytics_savedreport_report", args=[schedule.report_id])
    )
    end = reverse("admin:analytics_scheduledreport_change", args=[schedule.pk])
    text = gettext("“{name}” is attached. With its links: {page}\n\nHow to get it no more: {end}")
    values = {
        "user.name": user.get_full_name() or user.get_username(),
        "report.name": name_of(schedule),
        "day": date_format(timezone.localtime(at)),
        "message.text": text.format(
            name=name_of(schedule), page=settings.PUBLIC_URL + page, end=settings.PUBLIC_URL + end
        ),
    }
    return mail_text(MailPurpose.REPORT, language=schedule.language, values=values)


def _run(job: Job, progress: Progress, clock: Clock) -> dict[str, Any]:
    rows = ScheduledReport.objects.select_related("dashboard", "report")
    schedule = rows.filter(pk=job.subject_id or 0).first()
    if schedule is None:
        raise JobFailed(gettext("The scheduled report was deleted meanwhile."))
    step = gettext("counting")
    outcome = mail_report(schedule=schedule, occasion=f"job{job.pk}", at=clock(), tell=partial(_tell, progress, step))
    return {
        "mails": sum(reason == SENT for reason in outcome.values()),
        "left_out": sum(reason != SENT for reason in outcome.values()),
    }


def _tell(progress: Progress, step: str, done: int, total: int) -> None:
    progress(done, total, step)


SCHEDULED_REPORT = JobKind(KIND, gettext_lazy("Scheduled report"), _run)
