"""What the tests of the verbs share: a ticket of the cast, moments after its opening, and its facts."""

from datetime import datetime, timedelta
from typing import Any

from customers.models import Customer, Observation
from services.models import Queue, Ticket
from services.operations.open_ticket import open_ticket
from tests.cast import NOW


def after(*, minutes: float = 0, hours: float = 0, days: float = 0) -> datetime:
    """A moment after NOW. NOW is a Wednesday 10:00 UTC; the office is open 9:00 to 12:30 and 13:30 to 18:00."""
    return NOW + timedelta(minutes=minutes, hours=hours, days=days)


def a_ticket(customer: Customer, queue: Queue, **more: Any) -> Ticket:
    """A ticket opened NOW, of normal priority: 4 business hours to the first reply, 24 to the solution."""
    given: dict[str, Any] = {"subject": "Pump leaks", "body": "Water everywhere.", "by": None, "at": NOW, **more}
    return open_ticket(customer=customer, queue=queue, **given)


def facts_about(ticket: Ticket) -> dict[str, Observation]:
    """The facts that stand about a ticket of one customer, by measure."""
    rows = Observation.objects.filter(subject_type="ticket", subject_id=ticket.pk, superseded_version=None)
    return {row.get_measure_display(): row for row in rows.filter(customer=ticket.customer_id)}
