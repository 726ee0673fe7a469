"""From a ticket's append-only events to its clocks: what counted, what is due when, what came too late.

Nothing is stored and nothing is incremented: every answer is recomputed from the events, the calendar and a moment.
The resolution clock counts business time while the ticket is new or open, pauses while it is pending or on hold,
stops when it is solved, closed or merged, and goes on when it is reopened. The reply clocks never pause: whoever
asked is waiting.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise

from services.sla.business_time import BusinessHours

RUNNING = frozenset({"new", "open"})
PAUSED = frozenset({"pending", "on_hold"})
STOPPED = frozenset({"solved", "closed", "merged"})
_STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed", "merged")

OPENED, CUSTOMER_MESSAGE, AGENT_REPLY = "opened", "customer_message", "agent_reply"
"""The kinds that move a reply clock; of all others, automatic replies and notes too, only status_after is read."""

_ASKING = (OPENED, CUSTOMER_MESSAGE)
_KINDS = (*_ASKING, AGENT_REPLY)


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """One row of a ticket's history: when, what, and the status after it (None: as before).

    sequence orders events of the same moment: the number of the row. Without it they are taken in the order of a
    ticket's life (opened, customer, agent, others; new before solved), whatever order they are given in.
    """

    at: datetime
    kind: str
    status_after: str | None = None
    sequence: int = 0


class History(list[ClockEvent]):
    """A ticket's events, checked and in order: whoever asks several questions of one pays for that once."""

    __slots__ = ("_stretches",)

    def __init__(self, events: Iterable[ClockEvent]) -> None:
        """Raises ValueError for a time without zone and an unknown status."""
        super().__init__(sorted(map(_checked, events), key=_place))
        self._stretches: list[_Stretch] | None = None

    @property
    def stretches(self) -> list[_Stretch]:
        """The times of one status each, in order and without gaps; the last one lasts."""
        if self._stretches is None:
            self._stretches = _stretches_of(self)
        return self._stretches

    def until(self, as_of: datetime | None) -> History:
        """What had happened by then."""
        if as_of is None or not self or self[-1].at <= as_of:
            return self
        return History(event for event in self if event.at <= as_of)


class TapeKind(StrEnum):
    """What a stretch of a ticket's life was to its resolution clock."""

    COUNTED = "counted"
    PAUSED = "paused"
    CLOSED_HOURS = "closed_hours"


@dataclass(frozen=True, slots=True)
class TapeInterval:
    """One stretch of the tape, in UTC."""

    start: datetime
    end: datetime
    kind: TapeKind


@dataclass(frozen=True, slots=True)
class Wait:
    """A question and its answer. Without one, settled_at says when the ticket was solved instead, if it was."""

    asked_at: datetime
    replied_at: datetime | None = None
    settled_at: datetime | None = None

    @property
    def ended_at(self) -> datetime | None:
        """When waiting was over, one way or the other; None while it goes on."""
        return self.replied_at or self.settled_at


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A time of one status; end None: it lasts."""

    start: datetime
    end: datetime | None
    status: str


def tape(events: Iterable[ClockEvent], hours: BusinessHours, as_of: datetime) -> list[TapeInterval]:
    """The resolution clock's history up to as_of, without gaps but for the times when the ticket was solved. No two
    neighbours are of one kind: becoming open interrupts nothing."""
    result: list[TapeInterval] = []
    for piece in _pieces(events, hours, as_of):
        last = result[-1] if result else None
        if last and last.kind == piece.kind and last.end == piece.start:
            result[-1] = TapeInterval(last.start, piece.end, piece.kind)
        else:
            result.append(piece)
    return result


def resolution_seconds(events: Iterable[ClockEvent], hours: BusinessHours, as_of: datetime) -> float:
    """Seconds of business time that the resolution clock has counted by as_of."""
    counting = (stretch for stretch in _stretches(events, as_of) if stretch.status in RUNNING)
    return sum(hours.elapsed(stretch.start, stretch.end or as_of) for stretch in counting)


def solved_at(events: Iterable[ClockEvent], as_of: datetime | None = None) -> datetime | None:
    """Since when the ticket is solved, closed or merged without a break; None where it is not, as of as_of."""
    since = None
    for stretch in _stretches(events, as_of):
        since = None if stretch.status not in STOPPED else since or stretch.start
    return since


def reopened_at(events: Iterable[ClockEvent], as_of: datetime | None = None) -> tuple[datetime, ...]:
    """Every moment at which a stopped ticket went on."""
    steps = pairwise(_stretches(events, as_of))
    return tuple(after.start for before, after in steps if before.status in STOPPED and after.status not in STOPPED)


def due_at(
    target_seconds: float, events: Iterable[ClockEvent], hours: BusinessHours, as_of: datetime | None = None
) -> datetime | None:
    """When the resolution clock reaches its target (seconds of business time), given the pauses so far.

    Once it was reached, that moment for ever. Before, None while the clock pauses or is stopped.
    Raises ValueError for a negative target, and where the calendar has not so many opening hours.
    """
    left = target_seconds
    for stretch in _stretches(events, as_of):
        if stretch.status in RUNNING:
            counted = None if stretch.end is None else hours.elapsed(stretch.start, stretch.end)
            if counted is None or counted >= left:
                return hours.add(stretch.start, left)
            left = round(left - counted, 6)
    return None


def breached_at(
    target_seconds: float, events: Iterable[ClockEvent], hours: BusinessHours, as_of: datetime
) -> datetime | None:
    """The first moment at which the resolution clock exceeded its target (seconds of business time), by as_of.

    What happens later never erases it. None while the target is kept; reaching it exactly is keeping it.
    """
    left = target_seconds
    for stretch in _stretches(events, as_of):
        if stretch.status in RUNNING:
            end = stretch.end or as_of
            if (since := _exceeded_at(stretch.start, end, left, hours)) is not None:
                return since
            left = round(left - hours.elapsed(stretch.start, end), 6)
    return None


def first_reply(events: Iterable[ClockEvent], as_of: datetime | None = None) -> Wait | None:
    """From the opening (or the first customer message) to the first human public reply after it.

    None where nothing was asked. Where no reply came and the ticket is solved, settled_at says since when.
    """
    history = _ordered(events, as_of)
    asked = next((event for event in history if event.kind in _ASKING), None)
    if asked is None:
        return None
    later = history[history.index(asked) :]
    replied = next((event.at for event in later if event.kind == AGENT_REPLY), None)
    return Wait(asked.at, replied, None if replied else solved_at(history))


def next_replies(events: Iterable[ClockEvent], as_of: datetime | None = None) -> tuple[Wait, ...]:
    """Every later wait: from the first customer message since the last human reply to the next human reply.

    Solving the ticket settles a wait. A message to a solved ticket ("thank you!") asks nothing unless the ticket is
    reopened; the wait then begins at the reopening.
    """
    waits: list[Wait] = []
    asked: datetime | None = None
    answered = held_back = False
    for event, status in _with_status(_ordered(events, as_of)):
        stopped = status in STOPPED
        if event.kind == AGENT_REPLY:
            if asked:
                waits.append(Wait(asked, replied_at=event.at))
            asked, answered, held_back = None, True, False
        elif event.kind == CUSTOMER_MESSAGE and answered:
            held_back = True
        if held_back and not stopped:
            asked, held_back = asked or event.at, False
        if asked and stopped:
            waits.append(Wait(asked, settled_at=event.at))
            asked = None
    return (*waits, Wait(asked)) if asked else tuple(waits)


def wait_seconds(wait: Wait, hours: BusinessHours, as_of: datetime) -> float:
    """Seconds of business time waited by as_of, or until the wait was over. ValueError when asked after as_of."""
    return hours.elapsed(wait.asked_at, min(wait.ended_at or as_of, as_of))


def wait_breached_at(wait: Wait, target_seconds: float, hours: BusinessHours, as_of: datetime) -> datetime | None:
    """The first moment at which a wait exceeded its target (seconds of business time), by as_of; None if it kept it.

    It is due at hours.add(wait.asked_at, target_seconds).
    """
    return _exceeded_at(wait.asked_at, min(wait.ended_at or as_of, as_of), target_seconds, hours)


def _exceeded_at(start: datetime, end: datetime, seconds: float, hours: BusinessHours) -> datetime | None:
    """The first open moment after so many seconds were used up, where the time from start to end has more."""
    if hours.elapsed(start, end) <= seconds:
        return None
    return hours.next_open(hours.add(start, seconds))


def _pieces(events: Iterable[ClockEvent], hours: BusinessHours, as_of: datetime) -> Iterator[TapeInterval]:
    for stretch in _stretches(events, as_of):
        end = stretch.end or as_of.astimezone(UTC)
        if stretch.status in PAUSED and stretch.start < end:
            yield TapeInterval(stretch.start, end, TapeKind.PAUSED)
        elif stretch.status in RUNNING:
            yield from _running(stretch.start, end, hours)


def _running(start: datetime, end: datetime, hours: BusinessHours) -> Iterator[TapeInterval]:
    at = start
    for opens, closes in hours.intervals(start, end):
        if at < opens:
            yield TapeInterval(at, opens, TapeKind.CLOSED_HOURS)
        yield TapeInterval(opens, closes, TapeKind.COUNTED)
        at = closes
    if at < end:
        yield TapeInterval(at, end, TapeKind.CLOSED_HOURS)


def _stretches(events: Iterable[ClockEvent], as_of: datetime | None) -> list[_Stretch]:
    return _ordered(events, as_of).stretches


def _stretches_of(history: History) -> list[_Stretch]:
    changes: list[tuple[datetime, str]] = []
    for event, status in _with_status(history):
        if not changes or changes[-1][1] != status:
            changes.append((event.at, status))
    ends: list[datetime | None] = [at for at, _ in changes[1:]]
    ends.append(None)
    return [_Stretch(at, end, status) for (at, status), end in zip(changes, ends, strict=False)]


def _with_status(history: Sequence[ClockEvent]) -> Iterator[tuple[ClockEvent, str]]:
    """Each event with the status after it; a ticket begins as new."""
    status = "new"
    for event in history:
        status = event.status_after or status
        yield event, status


def _ordered(events: Iterable[ClockEvent], as_of: datetime | None) -> History:
    """The events by as_of in order, in UTC. Raises ValueError for a time without zone and an unknown status."""
    history = events if isinstance(events, History) else History(events)
    return history.until(as_of)


def _checked(event: ClockEvent) -> ClockEvent:
    if event.at.tzinfo is None:
        raise ValueError(f"{event.at} must have a time zone")
    if event.status_after is not None and event.status_after not in _STATUSES:
        raise ValueError(f"{event.status_after!r} is not a status; known are {', '.join(_STATUSES)}")
    if event.at.tzinfo is UTC:
        return event
    # Datetimes of one zone compare by the clock on the wall, which runs twice through an hour in autumn.
    return ClockEvent(event.at.astimezone(UTC), event.kind, event.status_after, event.sequence)


def _place(event: ClockEvent) -> tuple[datetime, int, int, str, int]:
    kind = _KINDS.index(event.kind) if event.kind in _KINDS else len(_KINDS)
    status = -1 if event.status_after is None else _STATUSES.index(event.status_after)
    return event.at, event.sequence, kind, event.kind, status
