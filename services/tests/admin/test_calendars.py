"""Calendars and due times in the admin: public holidays with a preview, and recomputing as a job."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Job, User
from services.models import Queue
from services.tests.operations.desk import a_ticket

RECOMPUTE = "admin:services_slapolicy_recompute"
CHOSEN: dict[str, Any] = {"country": "DE", "subdivision": "BY", "first": 2027, "last": 2028}


@pytest.fixture
def office(client: Client, root: User) -> Client:
    client.force_login(root)
    return client


def page_of(queue: Queue) -> str:
    return reverse("admin:services_calendar_holidays", args=[queue.calendar_id])


def test_the_days_are_shown_before_they_are_added(office: Client, queue: Queue) -> None:
    queue.calendar.holidays.create(date=date(2027, 1, 1), name="Day off")
    page = office.get(page_of(queue), CHOSEN)
    assert page.status_code == 200
    told = {day: (name, new) for day, name, new in page.context["days"]}
    assert told[date(2027, 1, 1)] == ("Day off", False) and told[date(2027, 1, 6)] == ("Epiphany", True)
    assert queue.calendar.holidays.count() == 1


def test_they_are_added_by_the_button_and_due_times_are_said_to_be_stale(office: Client, queue: Queue) -> None:
    done = office.post(page_of(queue), {**CHOSEN, "seen_version": queue.calendar.version}, follow=True)
    assert queue.calendar.holidays.filter(date=date(2028, 1, 6)).exists()
    assert reverse(RECOMPUTE) in done.content.decode()


def test_a_calendar_that_somebody_changed_meanwhile_is_refused(office: Client, queue: Queue) -> None:
    response = office.post(page_of(queue), {**CHOSEN, "seen_version": 99})
    assert response.status_code == 409 and not queue.calendar.holidays.exists()


@pytest.mark.parametrize(
    "wrong", [{"country": "XX"}, {"subdivision": "TX"}, {"last": 2026}, {"last": 2099}, {"first": "soon"}]
)
def test_what_there_is_not_is_said(office: Client, queue: Queue, wrong: dict[str, object]) -> None:
    response = office.post(page_of(queue), {**CHOSEN, **wrong})
    assert response.status_code == 422 and response.context["form"].errors
    assert not queue.calendar.holidays.exists()


def test_only_who_may_change_calendars_comes_in(client: Client, queue: Queue, ann: User) -> None:
    client.force_login(ann)
    assert client.get(page_of(queue)).status_code == 403
    assert client.get(reverse(RECOMPUTE)).status_code == 403
    assert client.post(reverse(RECOMPUTE), {"which": "all"}).status_code == 403
    assert not Job.objects.exists()


@pytest.mark.parametrize(("which", "kind"), [("unsolved", "clocks"), ("all", "clocks_of_all")])
def test_recomputing_is_a_job(office: Client, acme: Customer, queue: Queue, which: str, kind: str) -> None:
    a_ticket(acme, queue)
    assert "Recompute 1 unsolved ticket" in office.get(reverse(RECOMPUTE)).content.decode()
    response = office.post(reverse(RECOMPUTE), {"which": which})
    job = Job.objects.get(kind=kind)
    assert response.headers["Location"] == reverse("admin:customers_job_change", args=[job.pk])
    assert office.get(response.headers["Location"]).status_code == 200
