import calendar
import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

from analytics.choices import MailRhythm
from analytics.models import ScheduledReport


def next_mail_at(*, schedule: ScheduledReport, after: datetime) -> datetime:
    """When a scheduled report is due next after a moment, in UTC: at its hour on the clock of its time zone. An hour
    that a day leaves out (clocks put forward) comes as much later; of one that it has twice the first is meant."""
    zone = zoneinfo.ZoneInfo(schedule.time_zone)
    day = after.astimezone(zone).date()
    while True:
        if _is_due(schedule, day):
            moment = datetime.combine(day, time(schedule.hour), zone).astimezone(UTC)
            if moment > after:
                return moment
        day += timedelta(days=1)


def _is_due(schedule: ScheduledReport, day: date) -> bool:
    if schedule.every == MailRhythm.WEEK:
        return day.weekday() == schedule.weekday
    if schedule.every == MailRhythm.MONTH:
        return day.day == min(schedule.month_day, calendar.monthrange(day.year, day.month)[1])
    return True
