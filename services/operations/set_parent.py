from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import User
from services.choices import EventKind, TicketStatus
from services.models import Ticket
from services.operations.move_between_tickets import ancestors
from services.operations.ticket_change import changing, lock_tickets

PARENT = "parent"  # as `link` in the data of the events


class ParentRefused(Exception):
    """The ticket cannot be a part of this one. Nothing was changed."""


@transaction.atomic
def set_parent(
    *, ticket: Ticket, parent: Ticket | None, by: User | None, at: datetime, expected_version: int | None = None
) -> Ticket:
    """Make a ticket a part of another, or (None) of no other any more. All that stand above are locked, so that no
    circle is closed by two who do this at once. That a parent is solved before its parts is allowed.

    Raises ParentRefused, StaleVersion."""
    old = Ticket.objects.get(pk=ticket.pk).parent
    above = [parent, *ancestors(parent)] if parent else []
    lock_tickets(tickets=[ticket, *above, *([old] if old else [])])
    ticket.require_version(expected_version)
    if parent is not None:
        _require_no_circle(ticket, parent, locked={row.pk for row in above})
    if ticket.parent_id == (parent.pk if parent else None):
        return ticket
    old = ticket.parent
    with changing(ticket=ticket, by=by, at=at) as change:
        change.set(parent=parent)
        if old is not None:
            change.record(EventKind.UNLINKED, link=PARENT, other=old.pk, number=old.number)
        if parent is not None:
            change.record(EventKind.LINKED, link=PARENT, other=parent.pk, number=parent.number)
    for other, event in ((old, EventKind.UNLINKED), (parent, EventKind.LINKED)):
        if other is not None:
            with changing(ticket=other, by=by, at=at) as change:
                change.record(event, link=PARENT, other=ticket.pk, number=ticket.number, inverse=True)
    return ticket


def _require_no_circle(ticket: Ticket, parent: Ticket, *, locked: set[int]) -> None:
    for row in (ticket, parent):
        if row.status == TicketStatus.MERGED:
            raise ParentRefused(_("Ticket %(number)s was merged.") % {"number": row.number})
    above = {row.pk for row in [parent, *ancestors(Ticket.objects.get(pk=parent.pk))]}
    if ticket.pk in above:
        raise ParentRefused(_("A ticket cannot be a part of itself, nor of its own parts."))
    if not above <= locked:
        raise ParentRefused(_("Somebody is just moving these tickets. Try again."))
