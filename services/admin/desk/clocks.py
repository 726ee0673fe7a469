"""Clocks that tick in the browser: the server says the moment, the script counts; a pause is said in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from services.admin.clock_faces import PAUSED, ClockFace, pressing
from services.choices import TicketStatus
from services.models import Ticket
from services.sla.business_time import BusinessHours


@dataclass(frozen=True, slots=True)
class TickingClock:
    """A clock of a ticket. `counts`: due (down to the moment), late (up from it), or empty: it stands."""

    name: str
    words: str
    tone: str
    moment: datetime | None
    counts: str
    detail: str = ""


def ticking(face: ClockFace, ticket: Ticket) -> TickingClock:
    """A clock face with what the browser needs to let it tick."""
    counts = ("late" if face.tone == "bad" else "due") if ticket.is_unsolved and face.runs else ""
    return TickingClock(face.name, face.words, face.tone, face.moment, counts, face.detail)


def pressing_clock(ticket: Ticket, *, at: datetime) -> TickingClock:
    """The clock that matters most in a list."""
    return ticking(pressing(ticket, at=at), ticket)


def standing(ticket: Ticket, hours: BusinessHours, *, at: datetime) -> str:
    """Why the clocks stand still now, in words; empty while they run."""
    if not ticket.is_unsolved:
        return ""
    if ticket.status in PAUSED:
        if ticket.status == TicketStatus.PENDING:
            return _("Paused: we wait for the customer.")
        return _("Paused: we wait for somebody else.")
    if hours.is_open(at):
        return ""
    try:
        opens = date_format(localtime(hours.next_open(at)), "DATETIME_FORMAT")
    except ValueError:
        return _("Outside business hours: the calendar of the queue has none.")
    return _("Outside business hours: the clocks go on %(moment)s.") % {"moment": opens}
