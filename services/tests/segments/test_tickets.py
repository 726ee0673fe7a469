"""Facts of tickets beyond what tests/segments compares with plain Python."""

from typing import Any

import pytest

from customers.models import Customer, Team, User
from customers.tests.segments.asking import all_of, asks, whom
from services.models import Queue, ServiceType
from services.operations.open_ticket import open_ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_a_ticket_out_of_sight_is_not_counted(ann: User, otto: User, acme: Customer, queue: Queue, south: Team) -> None:
    ticket = open_ticket(customer=acme, subject="Leaks", queue=queue, by=ann, at=NOW, body="Help")
    ticket.team = south
    ticket.save()
    definition = all_of(asks("open_tickets", "at_least", 1))
    assert whom(definition) == [acme]
    assert whom(definition, ann) == []
    assert whom(all_of(asks("open_tickets", "is", 0)), ann) == [acme]
    Customer.objects.update(owner=otto)
    assert whom(definition, otto) == [acme]


def test_tickets_are_narrowed_down_by_what_they_are(ann: User, acme: Customer, queue: Queue) -> None:
    repair = ServiceType.objects.get(code="repair")
    open_ticket(
        customer=acme, subject="Leaks", queue=queue, service_type=repair, by=ann, at=NOW, body="Help", priority=4
    )
    for where, found in [
        ({"queue": [queue.pk]}, True),
        ({"service_type": ["repair"]}, True),
        ({"service_type": ["question"]}, False),
        ({"priority": [3, 4]}, True),
        ({"priority": [1]}, False),
        ({"status": ["new", "open"], "priority": [4]}, True),
        ({"status": ["closed"]}, False),
    ]:
        condition: dict[str, Any] = asks("tickets", "at_least", 1, where=where)
        assert bool(whom(all_of(condition))) == found, where
