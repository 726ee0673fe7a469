"""The plain pages: queues, calendars, policies, service types, agents and ratings."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, User
from services.models import Agent, Calendar, Queue, SatisfactionRating, ServiceType, SLAPolicy
from services.operations.rate_ticket import rate_ticket
from services.operations.sla_terms import hours_of
from services.tests.operations.desk import a_ticket, after

MODELS = ["queue", "calendar", "slapolicy", "servicetype", "agent", "satisfactionrating"]


@pytest.fixture
def office(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


def calendar_form(calendar: Calendar, **more: Any) -> dict[str, Any]:
    days = {f"hours_{day}": "9:00-12:30，13:30-18:00" if day < 5 else "" for day in range(7)}
    return {
        "name": calendar.name,
        "time_zone": "Asia/Shanghai",
        "seen_version": calendar.version,
        "holidays-TOTAL_FORMS": 1,
        "holidays-INITIAL_FORMS": 0,
        "holidays-0-date": "2026-10-01",
        "holidays-0-name": "国庆节",
        "holidays-0-calendar": calendar.pk,
        **days,
        **more,
    }


@pytest.mark.parametrize("model", MODELS)
def test_lists_and_pages_open(office: Client, acme: Customer, queue: Queue, ann: User, model: str) -> None:
    rate_ticket(ticket=a_ticket(acme, queue, assignee=ann.agent), value=2, comment="慢", by=None, at=after())
    rows = {m._meta.model_name: m for m in (Queue, Calendar, SLAPolicy, ServiceType, Agent, SatisfactionRating)}
    row: Any = rows[model]._default_manager.order_by("pk").last()
    assert office.get(reverse(f"admin:services_{model}_changelist")).status_code == 200
    assert office.get(reverse(f"admin:services_{model}_change", args=[row.pk])).status_code == 200
    expected = 403 if model == "satisfactionrating" else 200
    assert office.get(reverse(f"admin:services_{model}_add")).status_code == expected


def test_business_hours_are_typed_as_said(office: Client, queue: Queue) -> None:
    calendar = queue.calendar
    before = hours_of(calendar)
    response = office.post(reverse("admin:services_calendar_change", args=[calendar.pk]), calendar_form(calendar))
    assert response.status_code == 302, response.context["adminform"].form.errors
    calendar.refresh_from_db()
    assert calendar.hours["0"] == [["09:00", "12:30"], ["13:30", "18:00"]] and "6" not in calendar.hours
    assert calendar.version == 2
    assert hours_of(calendar) != before


@pytest.mark.parametrize("line", ["nine to five", "18:00-09:00", "09:00-12:00, 11:00-13:00", "25:00-26:00"])
def test_hours_that_are_none_are_refused(office: Client, queue: Queue, line: str) -> None:
    data = calendar_form(queue.calendar, hours_0=line)
    response = office.post(reverse("admin:services_calendar_change", args=[queue.calendar_id]), data)
    assert "Monday" in str(response.context["adminform"].form.errors["hours"])


def test_a_week_without_hours_and_a_zone_that_is_none_are_refused(office: Client, queue: Queue) -> None:
    never = {f"hours_{day}": "" for day in range(7)}
    data = calendar_form(queue.calendar, time_zone="Mars/Olympus", **never)
    response = office.post(reverse("admin:services_calendar_change", args=[queue.calendar_id]), data)
    assert set(response.context["adminform"].form.errors) == {"hours", "time_zone"}


@pytest.mark.parametrize(("minutes", "ok"), [(30, True), (0, False), (10_000_000, False)])
def test_targets_are_promises_one_can_keep(office: Client, db: None, minutes: int, ok: bool) -> None:
    data = {
        "name": "Gold",
        "position": 1,
        "targets-TOTAL_FORMS": 1,
        "targets-INITIAL_FORMS": 0,
        "targets-0-priority": 4,
        "targets-0-first_reply_minutes": minutes,
        "steps-TOTAL_FORMS": 0,
        "steps-INITIAL_FORMS": 0,
    }
    office.post(reverse("admin:services_slapolicy_add"), data)
    assert SLAPolicy.objects.filter(name="Gold").exists() == ok


def test_ratings_of_other_teams_are_not_found(client: Client, acme: Customer, queue: Queue, otto: User) -> None:
    rating = rate_ticket(ticket=a_ticket(acme, queue), value=2, by=None, at=after())
    client.force_login(otto)
    assert client.get(reverse("admin:services_satisfactionrating_change", args=[rating.pk])).status_code == 404
