"""Service clocks in words and colours: what is due when, what came too late, and what each hour was to the clock."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.choices import TicketStatus
from services.models import Ticket, TicketEvent
from services.operations.refresh_clocks import clock_events, reply_target
from services.operations.sla_terms import Terms
from services.sla.business_time import BusinessHours
from services.sla.clock import TapeKind, resolution_seconds, tape

SOON = timedelta(hours=4)
# Beyond so many stretches the bar leaves out nights and weekends, which nobody could see in it.
STRETCHES_SHOWN = 120
PAUSED = (TicketStatus.PENDING, TicketStatus.ON_HOLD)
AROUND_THE_CLOCK = BusinessHours.from_json({str(day): [["00:00", "24:00"]] for day in range(7)})
KIND_NAMES = {
    TapeKind.COUNTED: gettext_lazy("Counted"),
    TapeKind.PAUSED: gettext_lazy("Paused"),
    TapeKind.CLOSED_HOURS: gettext_lazy("Outside business hours"),
}


@dataclass(frozen=True, slots=True)
class ClockFace:
    """One clock as people read it. `tone`: good, fair, warn, bad or empty; `moment`: when it is or was due; `runs`:
    that is still to come, or passed while nobody has done it."""

    name: str
    words: str
    tone: str = ""
    moment: datetime | None = None
    detail: str = ""
    runs: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the tape with its share of the whole, in percent."""

    kind: str
    name: str
    start: datetime
    end: datetime
    share: float

    @property
    def length(self) -> str:
        """How long it was."""
        return length_of(self.kind, (self.end - self.start).total_seconds())


def duration(seconds: float) -> str:
    """Hours and minutes: “3 h 20 min”."""
    minutes = round(seconds / 60)
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours, rest = divmod(minutes, 60)
    if rest and hours < 10:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}
    return _("%(hours)d h") % {"hours": hours}


def length_of(kind: str, seconds: float) -> str:
    """How long a stretch was: business time in hours, idle time from two days on in days of 24 hours."""
    if kind == TapeKind.COUNTED or seconds < 48 * 3600:
        return duration(seconds)
    return _("%(days)d d") % {"days": round(seconds / 86_400)}


def pressing(ticket: Ticket, *, at: datetime) -> ClockFace:
    """The clock that matters most in a list: late before due, sooner before later. A wait that is over, however long
    it was, does not matter while the ticket is open. `desk_order` sorts by the same moment."""
    reply, resolution = reply_face(ticket, at=at), resolution_face(ticket, at=at)
    again = next_reply_face(ticket, at=at)
    if not ticket.is_unsolved:
        missed = [face for face in (resolution, reply, again) if face and face.tone == "bad"]
        return missed[0] if missed else resolution
    running = [face for face in (reply, again, resolution) if face and face.runs]
    return min(running, key=lambda face: face.moment or at, default=resolution)


def reply_face(ticket: Ticket, *, at: datetime) -> ClockFace:
    """The clock of the first reply, from the ticket's columns."""
    name, late_since = _("First reply"), ticket.first_reply_breached_at
    if ticket.first_replied_at:
        took = duration(ticket.first_reply_seconds or 0)
        if late_since:
            return ClockFace(name, _("late: took %(time)s") % {"time": took}, "bad", ticket.first_reply_due_at)
        return ClockFace(name, _("answered after %(time)s") % {"time": took}, "good", ticket.first_replied_at)
    if not ticket.is_unsolved:
        return ClockFace(name, _("solved without a reply"), "bad" if late_since else "")
    return _running(name, ticket.first_reply_due_at, late_since, at) or ClockFace(name, _("no target"))


def next_reply_face(ticket: Ticket, *, at: datetime) -> ClockFace | None:
    """The clock of the wait that goes on since the first reply; else the first that was too long. None: neither."""
    name, late_since = _("Next reply"), ticket.next_reply_breached_at
    if ticket.next_reply_due_at:
        return _running(name, ticket.next_reply_due_at, None, at)
    return ClockFace(name, _("was late once"), "bad", late_since) if late_since else None


def resolution_face(ticket: Ticket, *, at: datetime) -> ClockFace:
    """The clock of the resolution, from the ticket's columns."""
    name, late_since = _("Resolution"), ticket.resolution_breached_at
    if not ticket.is_unsolved:
        took = duration(ticket.resolution_seconds or 0)
        if late_since:
            return ClockFace(name, _("late: took %(time)s") % {"time": took}, "bad", ticket.solved_at)
        return ClockFace(name, _("solved in %(time)s") % {"time": took}, "good", ticket.solved_at)
    running = _running(name, ticket.resolution_due_at, late_since, at)
    if running:
        return running
    if ticket.status in PAUSED:
        return ClockFace(name, _("paused"))
    return ClockFace(name, _("no target"))


def _running(name: str, due_at: datetime | None, late_since: datetime | None, at: datetime) -> ClockFace | None:
    """A clock that still runs against a target: late, soon due, or due."""
    since = late_since or (due_at if due_at and due_at < at else None)
    if since:
        return ClockFace(name, _("late by %(time)s") % {"time": timesince(since, at, depth=1)}, "bad", since, runs=True)
    if due_at is None:
        return None
    tone = "warn" if due_at - at <= SOON else "fair"
    return ClockFace(name, _("due in %(time)s") % {"time": timesince(at, due_at, depth=1)}, tone, due_at, runs=True)


def clock_faces(ticket: Ticket, events: list[TicketEvent], terms: Terms, *, at: datetime) -> list[ClockFace]:
    """All clocks with what they are measured against, for the ticket's page."""
    counted = duration(resolution_seconds(clock_events(events), terms.hours, at))
    reply, resolution = reply_face(ticket, at=at), resolution_face(ticket, at=at)
    again = next_reply_face(ticket, at=at)
    target = reply_target(events, terms)
    later = [replace(again, detail=_of_next_reply(ticket, terms))] if again else []
    return [
        replace(reply, detail=_of_target(target)),
        *later,
        replace(
            resolution,
            detail=_("%(counted)s counted") % {"counted": counted} + " · " + _of_target(terms.resolution),
        ),
    ]


def _of_next_reply(ticket: Ticket, terms: Terms) -> str:
    late_since, due_at = ticket.next_reply_breached_at, ticket.next_reply_due_at
    was_late = [_("was late before")] if late_since and due_at and late_since < due_at else []
    return " · ".join([_of_target(terms.next_reply), *was_late])


def _of_target(seconds: int | None) -> str:
    if seconds is None:
        return _("no target")
    return _("target %(time)s of business time") % {"time": duration(seconds)}


def stretches(events: list[TicketEvent], terms: Terms, *, at: datetime) -> list[Stretch]:
    """The tape of the resolution clock, as a bar and its table draw it. The times when it was solved are left out."""
    history = clock_events(events)
    intervals = tape(history, terms.hours, at)
    if len(intervals) > STRETCHES_SHOWN:
        intervals = tape(history, AROUND_THE_CLOCK, at)
    whole = sum((i.end - i.start).total_seconds() for i in intervals) or 1
    return [
        Stretch(i.kind.value, str(KIND_NAMES[i.kind]), i.start, i.end, 100 * (i.end - i.start).total_seconds() / whole)
        for i in intervals
        if i.end > i.start
    ]


def totals(pieces: list[Stretch]) -> list[tuple[str, str, str]]:
    """Kind, its name and its whole length, for the legend of the bar."""
    ordered = sorted(pieces, key=lambda piece: piece.kind)
    result = []
    for kind, group in groupby(ordered, key=lambda piece: piece.kind):
        of_kind = list(group)
        seconds = sum((piece.end - piece.start).total_seconds() for piece in of_kind)
        result.append((kind, of_kind[0].name, length_of(kind, seconds)))
    return result
