"""Organisations that one contact carries."""

from datetime import timedelta

import pytest

from analytics.models import ContactRisk
from analytics.operations.find_single_contacts import PERIOD, find_single_contacts
from analytics.operations.plan_contact_risks import plan_contact_risks
from customers.models import Customer, Job, Team
from customers.operations.work_jobs import work_jobs
from customers.tests.operations.relations import persons, relate
from services.models import Queue
from services.operations.open_ticket import open_ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def asks(organisation: Customer, queue: Queue, contact: Customer | None, times: int, *, days_ago: int = 1) -> None:
    at = NOW - timedelta(days=days_ago)
    for _ in range(times):
        open_ticket(customer=organisation, requester=contact, subject="Leaks", queue=queue, by=None, at=at, body="Help")


def test_who_asks_for_four_of_five_carries_the_organisation(acme: Customer, queue: Queue, north: Team) -> None:
    eve, tom = persons(north, "et")
    relate("works-for", eve, acme)
    relate("works-for", tom, acme)
    asks(acme, queue, eve, 4)
    asks(acme, queue, tom, 1)
    assert find_single_contacts(at=NOW) == 1
    risk = ContactRisk.objects.get()
    assert (risk.customer, risk.contact, risk.carried, risk.requests, risk.contacts) == (acme, eve, 4, 5, 2)


def test_where_two_share_the_work_nobody_carries_it(acme: Customer, queue: Queue, north: Team) -> None:
    eve, tom = persons(north, "et")
    asks(acme, queue, eve, 7)
    asks(acme, queue, tom, 2)  # 7 of 9 are less than four fifths
    assert find_single_contacts(at=NOW) == 0


def test_few_or_old_requests_say_nothing(acme: Customer, queue: Queue, north: Team) -> None:
    (eve,) = persons(north, "e")
    relate("works-for", eve, acme)
    asks(acme, queue, eve, 4)
    asks(acme, queue, eve, 9, days_ago=PERIOD.days + 1)
    assert find_single_contacts(at=NOW) == 0


def test_the_only_known_contact_of_a_busy_organisation_carries_it(acme: Customer, queue: Queue, north: Team) -> None:
    eve, tom = persons(north, "et")
    relate("works-for", eve, acme)
    asks(acme, queue, None, 6)  # nobody knows who asked
    assert find_single_contacts(at=NOW) == 1
    risk = ContactRisk.objects.get()
    assert (risk.contact, risk.carried, risk.requests, risk.contacts) == (eve, 0, 6, 1)
    relate("works-for", tom, acme)
    assert find_single_contacts(at=NOW + timedelta(days=1)) == 0
    assert not ContactRisk.objects.exists()


def test_a_person_is_no_organisation(wang: Customer, queue: Queue) -> None:
    asks(wang, queue, None, 9)
    assert find_single_contacts(at=NOW) == 0


def test_it_is_searched_for_once_a_day_however_often_beat_asks(acme: Customer, queue: Queue, north: Team) -> None:
    (eve,) = persons(north, "e")
    asks(acme, queue, eve, 6)
    assert plan_contact_risks(at=NOW) == plan_contact_risks(at=NOW + timedelta(hours=3))
    assert [job.state for job in work_jobs(clock=lambda: NOW)] == ["done"]
    assert Job.objects.get().result == {"organisations": 1}
    plan_contact_risks(at=NOW + timedelta(days=1))
    assert Job.objects.count() == 2
