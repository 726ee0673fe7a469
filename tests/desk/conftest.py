import pytest
from django.utils import timezone

from customers.models import Customer, Team, User
from services.models import Agent, Queue, Ticket
from services.operations.open_ticket import open_ticket
from tests.cast import make_user
from tests.desk.crowd import CLIENTS


@pytest.fixture
def agents(north: Team) -> list[User]:
    """The crowd."""
    users = [make_user(f"agent{n}", north, role="Agent") for n in range(CLIENTS)]
    for user in users:
        Agent.objects.create(user=user, name=user.username)
    return users


@pytest.fixture
def ticket(acme: Customer, queue: Queue) -> Ticket:
    """What they all want."""
    return open_ticket(customer=acme, subject="Pump", queue=queue, body="Help", by=None, at=timezone.now())
