from datetime import datetime

from django.utils.translation import gettext as _

from customers.models import User
from services.choices import EventKind, Priority
from services.models import Ticket
from services.operations.rematch_policy import rematch_policy
from services.operations.ticket_change import changing


class TicketIsSolved(Exception):
    """A solved ticket keeps the priority, and so the targets, that it was solved under. Nothing was changed."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        super().__init__(
            _("Ticket %(number)s is solved: what it was measured by is history.") % {"number": ticket.number}
        )


def change_priority(
    *, ticket: Ticket, to: Priority, by: User | None, at: datetime, expected_version: int | None = None
) -> Ticket:
    """Set the priority of an unsolved ticket and match its policy anew: the targets of the new one apply to the whole
    time. A target already missed under the old one stays missed. The priority it already has changes nothing.

    Raises StaleVersion, TicketIsFinal, TicketIsSolved."""
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        change.require_not_final()
        if not ticket.is_unsolved:
            raise TicketIsSolved(ticket)
        if to != ticket.priority:
            change.refresh_clocks()
            old = ticket.priority
            change.set(priority=to)
            change.record(EventKind.PRIORITY, old=old, new=int(to), **rematch_policy(change))
    return ticket
