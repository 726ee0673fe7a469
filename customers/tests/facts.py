"""Facts for tests, as verbs put them on record."""

from datetime import datetime, timedelta

from customers.choices import Factor, Measure
from customers.models import Customer
from customers.operations.observe import NewFact
from tests.cast import NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def rating(customer: Customer, value: float, *, at: datetime = NOW - DAY, subject: int = 1) -> NewFact:
    """A CSAT rating of 1 to 5."""
    return NewFact(customer.pk, Factor.QUALITY, Measure.CSAT, value, None, at, "rating", subject)


def waiting(customer: Customer, *, at: datetime, due_at: datetime) -> NewFact:
    """A message that waits for its reply, which was promised within a minute."""
    return NewFact(customer.pk, Factor.RESPONSIVENESS, Measure.REPLY, None, 60, at, "ticket", 1, due_at=due_at)


def reply(customer: Customer, seconds: float, *, at: datetime = NOW - DAY) -> NewFact:
    """The same message, answered after so many seconds of business time."""
    return NewFact(customer.pk, Factor.RESPONSIVENESS, Measure.REPLY, seconds, 60, at, "ticket", 1)
