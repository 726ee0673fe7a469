"""Puts the company's own people and its service desk into the database."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from crm.demo.desk import (
    CALENDARS,
    CLOSES_AFTER_DAYS,
    QUEUES,
    SERVICE_TYPES,
    STEPS,
    STEPS_OF_VIPS,
    TICKET_ATTRIBUTES,
    CalendarPlan,
    QueuePlan,
)
from crm.demo.staff import STAFF, TEAMS
from customers.models import Team, User
from services.models import Agent, Calendar, Queue, ServiceType, SLAPolicy
from services.operations.ensure_ticket_attributes import ensure_ticket_attributes
from services.operations.fill_holidays import fill_holidays
from services.operations.write_sla_policy import write_sla_policy


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


def settle_desk(*, years: Iterable[int], at: datetime) -> None:
    """Make calendars with the holidays of these years, queues, service types, policies with their steps, attributes."""
    kept = list(years)
    calendars = {plan.name: _calendar(plan, kept, at) for plan in CALENDARS}
    for code, name in SERVICE_TYPES.items():
        ServiceType.objects.get_or_create(code=code, defaults={"name": name})
    ensure_ticket_attributes(wanted=TICKET_ATTRIBUTES)
    for position, plan in enumerate(QUEUES, start=1):
        queue, _ = Queue.objects.update_or_create(
            name=plan.name,
            defaults={
                "team": Team.objects.get(name=plan.team),
                "calendar": calendars[plan.calendar],
                "typical_reply_seconds": plan.typical_reply_seconds,
                "close_after_days": CLOSES_AFTER_DAYS,
            },
        )
        if plan.targets:
            _policy(queue, plan, position, at)
    for policy in SLAPolicy.objects.filter(queue=None, steps=None):  # the standard one, which was here before
        write_sla_policy(policy=policy, changes={}, steps=_steps(policy.name), at=at)


def _calendar(plan: CalendarPlan, years: list[int], at: datetime) -> Calendar:
    calendar, _ = Calendar.objects.get_or_create(
        name=plan.name, defaults={"time_zone": plan.time_zone, "hours": plan.hours}
    )
    if plan.country:
        fill_holidays(
            calendar=calendar,
            years=years,
            at=at,
            country=plan.country,
            subdivision=plan.subdivision,
            language=plan.language,
        )
    return calendar


def _policy(queue: Queue, plan: QueuePlan, position: int, at: datetime) -> None:
    if not plan.targets or SLAPolicy.objects.filter(name=plan.name).exists():
        return
    targets = [
        {
            "priority": priority,
            "first_reply_minutes": first,
            "next_reply_minutes": following,
            "resolution_minutes": resolution,
        }
        for priority, (first, following, resolution) in plan.targets.items()
    ]
    columns = {"name": plan.name, "queue": queue, "position": position * 10}
    write_sla_policy(policy=SLAPolicy(), changes=columns, targets=targets, steps=_steps(plan.name), at=at)


def _steps(policy: str) -> list[dict[str, Any]]:
    agents = {agent.user.username: agent for agent in Agent.objects.select_related("user")}
    steps = STEPS_OF_VIPS if policy == "VIP" else STEPS
    return [
        {"clock": clock, "minutes": minutes, "action": action, "agent": agents.get(whom)}
        for clock, minutes, action, whom in steps
    ]
