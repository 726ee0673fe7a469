"""The search palette."""

from django.test import Client
from django.urls import reverse

from crm.search import SHOWN
from customers.models import Customer, Team, User
from customers.operations.add_contact_point import add_contact_point
from services.models import Queue
from services.operations.open_ticket import open_ticket
from tests.cast import NOW


def found(user: User, text: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("admin:search"), {"s": text, "extended": "1"}).content.decode()


def test_it_finds_customers_by_name_and_whole_address(ann: User, acme: Customer) -> None:
    add_contact_point(customer=acme, kind="email", value="info@acme.example", at=NOW)
    link = reverse("admin:customers_customer_page", args=[acme.pk])
    assert link in found(ann, "pump")
    assert link in found(ann, "INFO@acme.example")


def test_it_finds_tickets(ann: User, acme: Customer, queue: Queue) -> None:
    ticket = open_ticket(customer=acme, subject="Leaking valve", queue=queue, by=None, at=NOW)
    assert reverse("admin:services_ticket_change", args=[ticket.pk]) in found(ann, ticket.number)


def test_it_shows_no_more_than_a_few(ann: User, north: Team) -> None:
    Customer.objects.bulk_create(Customer(name=f"Twin {i}", team=north, created_at=NOW) for i in range(SHOWN + 5))
    assert found(ann, "twin").count("/admin/customers/customer/") == SHOWN


def test_an_outsider_finds_nothing(otto: User, acme: Customer) -> None:
    assert acme.name not in found(otto, "pump")
