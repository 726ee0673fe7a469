from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Protocol

from services.choices import EventKind, SLAClock, TicketStatus
from services.models import Ticket
from services.operations.sla_terms import Terms
from services.sla import clock
from services.sla.clock import ClockEvent, History, Wait

REPLY, NEXT_REPLY, RESOLUTION = SLAClock.FIRST_REPLY, SLAClock.NEXT_REPLY, SLAClock.RESOLUTION


class HistoryEvent(Protocol):
    """What the clocks read of one event: a TicketEvent, or the EventRecord of an importer."""

    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def status_after(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clock columns of a ticket. Seconds are business time."""

    first_replied_at: datetime | None
    first_reply_seconds: int | None
    first_reply_due_at: datetime | None
    first_reply_breached_at: datetime | None
    next_reply_due_at: datetime | None
    next_reply_breached_at: datetime | None
    solved_at: datetime | None
    resolution_seconds: int | None
    resolution_due_at: datetime | None
    resolution_breached_at: datetime | None
    reopen_count: int


CLOCK_COLUMNS = tuple(field.name for field in fields(Clocks))
BREACH_COLUMNS = {name: f"{name}_breached_at" for name in SLAClock}


def refresh_clocks(*, ticket: Ticket, events: Sequence[HistoryEvent], terms: Terms, at: datetime) -> Ticket:
    """Set the clock columns to what the ticket's history says at `at`. Saves nothing."""
    for name, value in asdict(compute_clocks(events=events, terms=terms, at=at)).items():
        setattr(ticket, name, value)
    return ticket


def compute_clocks(*, events: Sequence[HistoryEvent], terms: Terms, at: datetime) -> Clocks:
    """The clocks of one ticket at `at`, from its events in order; asks the database nothing.

    A missed target that the history itself reports (BREACHED, of the resolution unless its data names another clock)
    stays missed whatever the terms say. The target of a reply is the one that stood when it was written; a later wait
    is due only while it goes on, and the first one that was too long is the one that counts."""
    history = clock_events(events)
    wait = clock.first_reply(history, at)
    solved_at = clock.solved_at(history, at)
    target = reply_target(events, terms)
    later = clock.next_replies(history, at)
    resolution_breached_at = resolution_due_at = None
    if terms.resolution is not None:
        resolution_breached_at = clock.breached_at(terms.resolution, history, terms.hours, at)
        resolution_due_at = _or_never(lambda seconds: clock.due_at(seconds, history, terms.hours, at), terms.resolution)
    return Clocks(
        first_replied_at=wait.replied_at if wait else None,
        first_reply_seconds=waited_seconds(wait, terms, at) if wait and wait.replied_at else None,
        first_reply_due_at=reply_due_at(wait, target, terms) if wait and not wait.settled_at else None,
        first_reply_breached_at=_earliest(_reply_breached_at(wait, target, terms, at), events, REPLY),
        next_reply_due_at=next_reply_due_at(later, terms),
        next_reply_breached_at=_earliest(_next_reply_breached_at(later, events, terms, at), events, NEXT_REPLY),
        solved_at=solved_at,
        resolution_seconds=round(clock.resolution_seconds(history, terms.hours, at)) if solved_at else None,
        resolution_due_at=resolution_due_at,
        resolution_breached_at=_earliest(resolution_breached_at, events, RESOLUTION),
        reopen_count=len(reopenings(events, at, history)),
    )


def breaches_forgotten(
    ticket: Ticket, events: Sequence[HistoryEvent], terms: Terms, *, at: datetime
) -> list[tuple[str, datetime]]:
    """Breaches that the ticket's columns know of and the history, under these terms, does not: which clock, since when.
    They come of a target that changed; a verb writes them into the history, because a breach is never erased."""
    clocks = compute_clocks(events=events, terms=terms, at=at)
    forgotten = []
    for name, column in BREACH_COLUMNS.items():
        known, told = getattr(ticket, column), getattr(clocks, column)
        if known and (told is None or told > known):
            forgotten.append((str(name), known))
    return forgotten


def clock_events(events: Sequence[HistoryEvent]) -> History:
    """A history, given in order, as the pure clocks read it. A merge that was undone is read as none."""
    statuses = statuses_of(events)
    return History(ClockEvent(e.at, e.kind, statuses[number] or None, number) for number, e in enumerate(events))


def statuses_of(events: Sequence[HistoryEvent]) -> list[str]:
    """The status after each event; while a ticket was merged and parted again, the one that it had before."""
    statuses = [event.status_after for event in events]
    for number, event in enumerate(events):
        if event.kind == EventKind.UNMERGED:
            away = number - 1
            while away >= 0 and statuses[away] == TicketStatus.MERGED:
                statuses[away] = event.status_after
                away -= 1
    return statuses


def reopenings(events: Sequence[HistoryEvent], at: datetime, history: History | None = None) -> list[datetime]:
    """Every moment by `at` at which a solved ticket went on, or a source says that it did. `history`: the same events
    as clock_events makes them, where they are made already."""
    said = {event.at for event in events if event.kind == EventKind.REOPENED and event.at <= at}
    return sorted({*clock.reopened_at(history or clock_events(events), at), *said})


def reply_target(events: Sequence[HistoryEvent], terms: Terms) -> int | None:
    """The target of the first reply in seconds: as it stood when the reply was written, else as it stands now."""
    reply = next((event for event in events if event.kind == EventKind.AGENT_REPLY), None)
    target: int | None = reply.data.get("target", terms.first_reply) if reply else terms.first_reply
    return target


def next_reply_due_at(waits: Sequence[Wait], terms: Terms) -> datetime | None:
    """When the later wait that goes on reaches its target; None where nobody waits."""
    wait = waits[-1] if waits and waits[-1].ended_at is None else None
    return reply_due_at(wait, terms.next_reply, terms) if wait else None


def next_reply_target(wait: Wait, events: Sequence[HistoryEvent], terms: Terms) -> int | None:
    """The target of a later wait in seconds: as it stood when it was answered, else as it stands now."""
    replies = (event.data for event in events if event.kind == EventKind.AGENT_REPLY and event.at == wait.replied_at)
    target: int | None = next((data["next_target"] for data in replies if "next_target" in data), terms.next_reply)
    return target


def reply_due_at(wait: Wait, target: int | None, terms: Terms) -> datetime | None:
    """When a wait reaches its target. None: there is no target, or the calendar never opens for so long."""
    return None if target is None else _or_never(lambda seconds: terms.hours.add(wait.asked_at, seconds), target)


def waited_seconds(wait: Wait, terms: Terms, at: datetime) -> int:
    """Whole seconds of business time waited, by `at` or until the answer."""
    return round(clock.wait_seconds(wait, terms.hours, at))


def _reply_breached_at(wait: Wait | None, target: int | None, terms: Terms, at: datetime) -> datetime | None:
    return None if wait is None or target is None else clock.wait_breached_at(wait, target, terms.hours, at)


def _next_reply_breached_at(
    waits: Sequence[Wait], events: Sequence[HistoryEvent], terms: Terms, at: datetime
) -> datetime | None:
    late = (_reply_breached_at(wait, next_reply_target(wait, events, terms), terms, at) for wait in waits)
    return min((since for since in late if since), default=None)


def _earliest(computed: datetime | None, events: Sequence[HistoryEvent], name: str) -> datetime | None:
    told = [
        datetime.fromisoformat(event.data["since"]) if "since" in event.data else event.at
        for event in events
        if event.kind == EventKind.BREACHED and event.data.get("clock", RESOLUTION) == name
    ]
    return min([*told, *([computed] if computed else [])], default=None)


def _or_never(due: Any, seconds: int) -> datetime | None:
    try:
        moment: datetime | None = due(seconds)
    except ValueError:  # the calendar has not so many opening hours
        return None
    return moment
