"""Opening a ticket in the admin, and correcting what no verb owns."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, User
from services.models import Queue, Ticket, TicketAttribute
from services.operations.add_note import add_note
from services.tests.operations.desk import a_ticket, after

ADD = "admin:services_ticket_add"


@pytest.fixture
def desk(client: Client, ann: User) -> Client:
    client.force_login(ann)
    return client


def filled(customer: Customer, queue: Queue, **more: Any) -> dict[str, Any]:
    return {
        "customer": customer.pk,
        "subject": "Pump leaks",
        "body": "Water!",
        "channel": "phone",
        "queue": queue.pk,
        "priority": 3,
        **more,
    }


def test_a_ticket_is_opened_by_the_verb(desk: Client, acme: Customer, queue: Queue, ann: User) -> None:
    response = desk.post(reverse(ADD), filled(acme, queue))
    ticket = Ticket.objects.get()
    assert response["Location"] == reverse("admin:services_ticket_change", args=[ticket.pk])
    assert (ticket.number, ticket.priority, ticket.team) == (f"T-{ticket.pk:06d}", 3, queue.team)
    assert ticket.first_reply_due_at is not None
    assert ticket.events.get().actor == ann
    assert ticket.messages.get().body == "Water!"


def test_the_form_opens_with_the_customer_of_the_link(desk: Client, acme: Customer) -> None:
    response = desk.get(reverse(ADD) + f"?customer={acme.pk}")
    assert response.context["adminform"].form.initial["customer"] == str(acme.pk)


def test_customers_and_queues_out_of_sight_are_refused(
    client: Client, acme: Customer, queue: Queue, otto: User
) -> None:
    client.force_login(otto)
    response = client.post(reverse(ADD), filled(acme, queue))
    assert set(response.context["adminform"].form.errors) == {"customer", "queue"}
    assert not Ticket.objects.exists()


def test_a_subject_is_corrected(desk: Client, acme: Customer, queue: Queue) -> None:
    ticket = a_ticket(acme, queue)
    edit = reverse("admin:services_ticket_edit", args=[ticket.pk])
    assert desk.get(edit).status_code == 200
    data = {"subject": "Valve leaks", "channel": "web", "attributes": "{}", "seen_version": 1, "status": "closed"}
    assert desk.post(edit, data)["Location"] == reverse("admin:services_ticket_change", args=[ticket.pk])
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.status, ticket.version) == ("Valve leaks", "new", 2)


def test_a_stale_correction_is_refused(desk: Client, acme: Customer, queue: Queue, ann: User) -> None:
    ticket = a_ticket(acme, queue)
    add_note(ticket=ticket, body="Hm", by=ann, at=after())
    data = {"subject": "Valve leaks", "channel": "web", "attributes": "{}", "seen_version": 1}
    response = desk.post(reverse("admin:services_ticket_edit", args=[ticket.pk]), data)
    assert response.status_code == 200 and "Valve leaks" in response.content.decode()
    ticket.refresh_from_db()
    assert ticket.subject == "Pump leaks"


def test_an_attribute_takes_no_null_character(desk: Client, acme: Customer, queue: Queue) -> None:
    attribute = TicketAttribute.objects.create(code="serial", name="Serial number", type="text")
    response = desk.post(reverse(ADD), filled(acme, queue, **{f"attribute_{attribute.pk}": "\0"}))
    assert response.status_code == 200 and "Null characters are not allowed." in response.content.decode()
    assert not Ticket.objects.exists()
