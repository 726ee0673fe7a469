from datetime import datetime

from django.utils.translation import gettext as _

from customers.models import User
from services.choices import EventKind, TicketStatus
from services.models import Ticket, TimeEntry
from services.operations.ticket_change import TicketIsFinal, changing

MOST_MINUTES = 7 * 24 * 60


class BadTime(ValueError):
    """So much time is none, or a slip of the finger. Nothing was changed."""


def add_time(
    *, ticket: Ticket, minutes: int, by: User, at: datetime, note: str = "", expected_version: int | None = None
) -> TimeEntry:
    """Put down time that `by` spent on the ticket, in minutes, also after it was closed. A mistake is corrected by an
    entry below zero, as far as there is time to take back.

    Raises BadTime, StaleVersion, TicketIsFinal for a merged ticket."""
    if minutes == 0 or abs(minutes) > MOST_MINUTES:
        raise BadTime(_("Give minutes, at most %(most)d, and not zero.") % {"most": MOST_MINUTES})
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        if ticket.status == TicketStatus.MERGED:
            raise TicketIsFinal(ticket)
        if minutes < 0 and ticket.minutes_spent() + minutes < 0:
            raise BadTime(_("So much time was not spent on this ticket."))
        entry = TimeEntry.objects.create(ticket=ticket, user=by, minutes=minutes, note=note, at=change.at)
        change.record(EventKind.TIME_SPENT, entry=entry.pk, minutes=minutes)
    return entry
