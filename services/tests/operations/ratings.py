"""A solved ticket whose customer was asked for a rating."""

from typing import Any

from customers.models import Customer
from customers.operations.add_contact_point import add_contact_point
from services.models import Queue, RatingRequest, Ticket
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.desk import a_ticket, after
from tests.cast import NOW


def reachable(customer: Customer) -> Customer:
    """With an e-mail address."""
    add_contact_point(customer=customer, kind="email", value=f"{customer.pk}@example.org", at=NOW)
    return customer


def a_solved_ticket(customer: Customer, queue: Queue, **more: Any) -> Ticket:
    """Opened NOW and solved an hour later."""
    ticket = a_ticket(customer, queue, **more)
    return solve_ticket(ticket=ticket, by=None, at=after(hours=1))


def asked(customer: Customer, queue: Queue, **more: Any) -> RatingRequest:
    """The request that solving a ticket made."""
    return a_solved_ticket(reachable(customer), queue, **more).rating_requests.get()
