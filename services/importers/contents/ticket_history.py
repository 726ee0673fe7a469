"""From the few moments that an export tells of a ticket to its history, which clocks and scores are computed from.

An export says when a ticket was opened, perhaps when it was first answered, solved and closed, and how it stands now.
Most tell of no replies: then nobody is said to have waited for one. Where a state has no moment of its own it began
when the ticket was changed last, and an open one when it was opened: so the same ticket exported again later gains
only what happened meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.choices import Direction, EventKind, MessageKind, TicketStatus
from services.operations.records import EventRecord, MessageRecord

NO_REPLIES = {"replies": False}
ENDED = (TicketStatus.SOLVED, TicketStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says of a ticket's life. `tells_replies`: whether the source tells of replies at all."""

    status: str
    created_at: datetime
    first_reply_at: datetime | None = None
    solved_at: datetime | None = None
    closed_at: datetime | None = None
    updated_at: datetime | None = None
    tells_replies: bool = False


def events_of(told: Told) -> tuple[EventRecord, ...]:
    """The history in order. Nothing is before the ticket was opened, whatever the clocks of the source said."""
    begin = told.created_at
    data = {} if told.tells_replies else NO_REPLIES
    events = [EventRecord(EventKind.OPENED, begin, TicketStatus.NEW, data=dict(data))]
    solved, closed = _ends(told)
    if reply := told.first_reply_at:
        by = min(moment for moment in (reply, solved, closed) if moment)
        events.append(EventRecord(EventKind.AGENT_REPLY, max(by, begin), TicketStatus.OPEN))
    if solved:
        events.append(EventRecord(EventKind.STATUS, max(solved, begin), TicketStatus.SOLVED))
    if closed:
        events.append(EventRecord(EventKind.STATUS, max(closed, events[-1].at), TicketStatus.CLOSED))
    if told.status not in ENDED and told.status != events[-1].status_after:
        kind = EventKind.REOPENED if solved or closed else EventKind.STATUS
        moment = begin if len(events) == 1 and told.status == TicketStatus.OPEN else told.updated_at or begin
        events.append(EventRecord(kind, max(moment, events[-1].at), told.status))
    return tuple(events)


def _ends(told: Told) -> tuple[datetime | None, datetime | None]:
    """When it was solved, and when closed."""
    solved, closed = told.solved_at, told.closed_at
    changed = told.updated_at or told.created_at
    if told.status == TicketStatus.SOLVED:
        return solved or closed or changed, None
    if told.status == TicketStatus.CLOSED:
        return solved, closed or (changed if solved is None else max(changed, solved))
    return solved, closed


def notes_of(texts: Sequence[str], told: Told) -> tuple[list[EventRecord], list[MessageRecord]]:
    """Internal notes. When they were written is not told, so they stand where the ticket begins."""
    moments = [told.created_at + timedelta(microseconds=n) for n in range(1, len(texts) + 1)]
    events = [EventRecord(EventKind.NOTE, moment, TicketStatus.NEW) for moment in moments]
    messages = [
        MessageRecord(text, moment, kind=MessageKind.NOTE, direction=Direction.INTERNAL)
        for text, moment in zip(texts, moments, strict=True)
    ]
    return events, messages
