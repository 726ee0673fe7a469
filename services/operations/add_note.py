from datetime import datetime

from customers.models import User
from services.choices import Direction, EventKind, MessageKind
from services.models import Message, Ticket
from services.operations.ticket_change import changing


def add_note(
    *, ticket: Ticket, body: str, by: User | None, at: datetime, expected_version: int | None = None
) -> Message:
    """Write an internal note, which never leaves the house. Moves neither status nor clocks.

    Raises StaleVersion, TicketIsFinal."""
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        change.require_not_final()
        message = change.say(body, kind=MessageKind.NOTE, direction=Direction.INTERNAL)
        change.record(EventKind.NOTE, message=message.pk)
    return message
