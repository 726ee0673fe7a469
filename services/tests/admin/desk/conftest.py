"""Somebody at the desk."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, User
from services.models import Queue, Ticket
from services.tests.operations.desk import a_ticket


@pytest.fixture
def ticket(acme: Customer, wang: Customer, queue: Queue) -> Ticket:
    """A ticket of Acme that Wang asked for."""
    return a_ticket(acme, queue, requester=wang)


@pytest.fixture
def desk(client: Client, ann: User) -> Client:
    """Ann's browser."""
    client.force_login(ann)
    return client


def at(name: str, *args: Any) -> str:
    """An address of the desk."""
    return reverse(f"admin:desk_{name}" if name else "admin:desk", args=args)


def post(client: Client, address: str, ticket: Ticket, *, script: bool = True, **more: Any) -> Any:
    """What a form of the open ticket sends, as it stands now."""
    ticket = Ticket.objects.get(pk=ticket.pk)
    last = ticket.events.order_by("pk").last()
    data = {"version": ticket.version, "seen_event": last.pk if last else 0, **more}
    return client.post(address, data, headers={"X-Desk": "1"} if script else {})
