"""The desk shows what is suggested, and does it when an agent says so."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from customers.models import User
from services.models import Calendar, Queue, ServiceType, Ticket
from services.operations.learn_triage import learn_triage
from services.operations.open_ticket import open_ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.admin.desk.conftest import at, post
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def billing(queue: Queue) -> Queue:
    return Queue.objects.create(name="Billing", team=queue.team, calendar=Calendar.objects.get(name="Office hours"))


@pytest.fixture
def learned(ticket: Ticket, queue: Queue, billing: Queue, ann: User) -> None:
    for n in range(24):
        given: dict[str, Any] = {"customer": ticket.customer, "by": None, "at": NOW}
        subject, where = (f"pump {n} leaks", queue) if n % 2 else (f"<b>invoice</b> {n} wrong", billing)
        solve_ticket(ticket=open_ticket(subject=subject, queue=where, **given), by=ann, at=NOW)
    learn_triage(at=NOW + timedelta(days=1))


@pytest.fixture
def bill(ticket: Ticket, queue: Queue) -> Ticket:
    return open_ticket(customer=ticket.customer, subject="wrong invoice", queue=queue, by=None, at=NOW)


def test_the_panel_says_what_how_sure_and_why(desk: Client, learned: None, bill: Ticket, billing: Queue) -> None:
    said = desk.get(at("triage", bill.pk)).content.decode()
    assert "Suggestions" in said and "Billing" in said and "invoice" in said
    assert "<b>invoice" not in said and "&lt;b&gt;invoice" in said


def test_the_panel_is_empty_where_nothing_was_learned(desk: Client, bill: Ticket) -> None:
    assert desk.get(at("triage", bill.pk)).content.strip() == b""


def test_a_suggested_queue_is_taken_by_a_press(desk: Client, learned: None, bill: Ticket, billing: Queue) -> None:
    response = post(desk, at("do", bill.pk, "queue"), bill, to=billing.pk)
    bill.refresh_from_db()
    assert response.status_code == 200 and bill.queue == billing


def test_a_suggested_type_is_taken_by_a_press(desk: Client, bill: Ticket) -> None:
    kind = ServiceType.objects.create(code="money", name="Money")
    assert post(desk, at("do", bill.pk, "service-type"), bill, to=kind.pk).status_code == 200
    bill.refresh_from_db()
    assert bill.service_type == kind


def test_a_stale_press_does_nothing(desk: Client, bill: Ticket, billing: Queue) -> None:
    response = post(desk, at("do", bill.pk, "queue"), bill, to=billing.pk, version=bill.version + 1)
    bill.refresh_from_db()
    assert response.status_code == 409 and bill.queue != billing


def test_outsiders_see_no_suggestions(client: Client, learned: None, bill: Ticket, otto: User) -> None:
    client.force_login(otto)
    assert client.get(at("triage", bill.pk)).status_code == 404
