"""Puts the company's own people and its service desk into the database."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from crm.demo.desk import CALENDARS, QUEUES, SERVICE_TYPES, CalendarPlan, QueuePlan
from crm.demo.staff import STAFF, TEAMS
from customers.models import Team, User
from services.models import Agent, Calendar, Holiday, Queue, ServiceType, SLAPolicy, SLATarget


def settle_staff(*, password: str, at: datetime) -> list[str]:
    """Make teams, users and agents; those who log in get this password. A user who is here already is left as they
    are. Returns the names of those."""
    teams = {name: Team.objects.get_or_create(name=name)[0] for name in TEAMS}
    here = set(User.objects.filter(username__in=[c.username for c in STAFF]).values_list("username", flat=True))
    hashed = make_password(password)  # once: it is slow on purpose
    for colleague in STAFF:
        if colleague.username in here:
            continue
        user = User.objects.create(
            username=colleague.username,
            first_name=colleague.given,
            last_name=colleague.family,
            password=hashed if colleague.logs_in else make_password(None),
            is_staff=True,
            is_superuser=colleague.role == "Administrator",
            date_joined=at,
        )
        user.groups.add(Group.objects.get(name=colleague.role))
        user.teams.set(teams[name] for name in colleague.teams)
        if colleague.queues:
            Agent.objects.create(user=user, name=colleague.name)
    return sorted(here)


def settle_desk(*, years: Iterable[int]) -> None:
    """Make calendars with the holidays of these years, queues, service types and policies."""
    kept = list(years)
    calendars = {plan.name: _calendar(plan, kept) for plan in CALENDARS}
    for code, name in SERVICE_TYPES.items():
        ServiceType.objects.get_or_create(code=code, defaults={"name": name})
    for position, plan in enumerate(QUEUES, start=1):
        queue, _ = Queue.objects.update_or_create(
            name=plan.name,
            defaults={
                "team": Team.objects.get(name=plan.team),
                "calendar": calendars[plan.calendar],
                "typical_reply_seconds": plan.typical_reply_seconds,
            },
        )
        if plan.targets:
            _policy(queue, plan, position)


def _calendar(plan: CalendarPlan, years: list[int]) -> Calendar:
    calendar, _ = Calendar.objects.get_or_create(
        name=plan.name, defaults={"time_zone": plan.time_zone, "hours": plan.hours}
    )
    days = plan.holidays(years)
    Holiday.objects.bulk_create(
        (Holiday(calendar=calendar, date=day, name=name[:100]) for day, name in sorted(days.items())),
        ignore_conflicts=True,
    )
    return calendar


def _policy(queue: Queue, plan: QueuePlan, position: int) -> None:
    policy, made = SLAPolicy.objects.get_or_create(name=plan.name, defaults={"queue": queue, "position": position * 10})
    if made and plan.targets:
        SLATarget.objects.bulk_create(
            SLATarget(
                policy=policy,
                priority=priority,
                first_reply_minutes=first,
                next_reply_minutes=following,
                resolution_minutes=resolution,
            )
            for priority, (first, following, resolution) in plan.targets.items()
        )
