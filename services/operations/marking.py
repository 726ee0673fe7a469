from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from services.models import Ticket
from services.operations.queue_for_rules import queue_for_rules
from services.operations.refresh_clocks import CLOCK_COLUMNS
from services.operations.ticket_change import TicketChange, lock_tickets


@contextmanager
def marking(*, ticket: Ticket, at: datetime) -> Iterator[TicketChange]:
    """Write into a ticket's history what its clocks came to: a breach, a warning. Its clock columns follow.

    Unlike `changing` it leaves the version as it is: nobody did anything to the ticket, and whoever is writing a reply
    when a target passes must not be told that the ticket changed. Facts stay: no clock's mark says anything new of how
    the customer was served."""
    with transaction.atomic():
        lock_tickets(tickets=[ticket])
        history = list(ticket.events.all())
        latest = max((event.at for event in history), default=at)
        change = TicketChange(ticket=ticket, by=None, at=max(at, latest), recorded_at=at, history=history)
        yield change
        if change.recorded:
            change.keep_breaches()
            change.refresh_clocks()
            ticket.save(update_fields=CLOCK_COLUMNS)
            queue_for_rules(events=change.new_events, at=at)
