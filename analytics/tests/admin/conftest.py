"""Customers with evidence, scored by the real jobs, thirty-one days ago and now."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from analytics.choices import RunKind
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.work_chunks import work_chunks
from customers.models import Customer, User
from services.models import Queue, Ticket
from services.operations.open_ticket import open_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.reply_to_ticket import reply_to_ticket
from services.operations.solve_ticket import solve_ticket
from tests.cast import NOW

LogIn = Callable[[User], Client]
LONG_AGO = NOW - timedelta(days=31)


@pytest.fixture
def log_in() -> LogIn:
    """A browser in which somebody is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return log_in


def served(customer: Customer, queue: Queue, agent: User, *, at: datetime, rating: int) -> Ticket:
    """A ticket that was opened, answered, solved and rated."""
    ticket = open_ticket(customer=customer, subject=f"Pump {rating}", queue=queue, by=None, at=at, body="It leaks.")
    reply_to_ticket(ticket=ticket, body="We come.", by=agent, at=at + timedelta(minutes=30))
    solve_ticket(ticket=ticket, by=agent, at=at + timedelta(hours=2))
    rate_ticket(ticket=ticket, value=rating, by=None, comment="So be it.", at=at + timedelta(hours=3))
    return ticket


def score_everybody(at: datetime, kind: RunKind = RunKind.MANUAL) -> None:
    """Run the score job over everybody as of `at`."""
    ensure_versions(at=at)
    run = ensure_run(kind=kind, logical_at=at, as_of=at, at=at)
    for _chunk in work_chunks(clock=lambda: at, run=run):
        pass


@pytest.fixture
def fallen(acme: Customer, wang: Customer, queue: Queue, ann: User) -> Customer:
    """Acme: content a month ago, displeased since. Wang has nothing on record."""
    served(acme, queue, ann, at=LONG_AGO - timedelta(days=4), rating=5)
    score_everybody(LONG_AGO)
    for day in range(6):
        served(acme, queue, ann, at=NOW - timedelta(days=20 - day), rating=1)
    score_everybody(NOW)
    return acme
