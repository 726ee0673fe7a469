from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer, User
from services.models import Queue, Ticket
from services.operations.open_ticket import open_ticket
from tests.cast import NOW


@pytest.fixture
def open_one(queue: Queue, acme: Customer) -> Callable[..., Ticket]:
    """Opens a ticket of Acme in North's queue."""

    def opened(subject: str = "Pump leaks", **extra: Any) -> Ticket:
        given = {"customer": acme, "queue": queue, "by": None, "at": NOW, "body": "Help!", **extra}
        return open_ticket(subject=subject, **given)

    return opened


@pytest.fixture
def ticket(open_one: Callable[..., Ticket], ann: User) -> Ticket:
    """One new ticket."""
    return open_one()
