"""What the columns of tickets were right after past events, undone from what they are now by what the histories say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from customers.operations.source import chunks
from services.choices import EventKind
from services.models import TicketEvent
from services.operations.rule_known import Columns

# Events that tell what stood before them, and in which column.
UNDONE = {
    EventKind.PRIORITY: "priority",
    EventKind.QUEUE: "queue_id",
    EventKind.SERVICE_TYPE: "service_type_id",
}


def columns_then(events: Iterable[TicketEvent]) -> dict[int, Columns]:
    """The columns that rules ask for, by the key of the event, whose `ticket` is read already. One query for a portion
    of tickets. Where a history does not say what was before (another system's may not), they are as they are now."""
    wanted = list(events)
    moves: dict[int, list[TicketEvent]] = defaultdict(list)
    told = TicketEvent.objects.filter(kind__in=[*UNDONE, EventKind.ASSIGNED]).order_by("at", "pk")
    for ids in chunks({event.ticket_id for event in wanted}):
        for move in told.filter(ticket__in=ids):
            moves[move.ticket_id].append(move)
    return {event.pk: _columns(event, moves[event.ticket_id]) for event in wanted}


def _columns(event: TicketEvent, moves: Sequence[TicketEvent]) -> Columns:
    ticket = event.ticket
    values: dict[str, Any] = {name: getattr(ticket, name) for name in UNDONE.values()}
    place = (event.at, event.pk)
    for move in reversed(moves):
        if (move.at, move.pk) <= place:
            break
        if move.kind in UNDONE and "old" in move.data:
            values[UNDONE[EventKind(move.kind)]] = move.data["old"]
    return Columns(
        **values, channel=ticket.channel, status=event.status_after, assignee_id=_assignee(event, place, moves)
    )


def _assignee(event: TicketEvent, place: tuple[Any, int], moves: Sequence[TicketEvent]) -> int | None:
    given = [move for move in moves if move.kind == EventKind.ASSIGNED and "to" in move.data]
    before = [move for move in given if (move.at, move.pk) <= place]
    if before:
        to: int | None = before[-1].data["to"]
        return to
    return None if given else event.ticket.assignee_id
