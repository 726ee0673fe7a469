from datetime import datetime
from typing import Any

from customers.models import User
from services.choices import Direction, EventKind, MailPurpose, MessageKind, TicketStatus
from services.models import Message, Ticket
from services.operations.mail_message import mail_message
from services.operations.ticket_change import changing


def reply_to_ticket(
    *,
    ticket: Ticket,
    body: str,
    by: User,
    at: datetime,
    status_after: TicketStatus | None = None,
    expected_version: int | None = None,
) -> Message:
    """Answer the customer in public, as a person. A new ticket becomes open, any other keeps its status, unless
    `status_after` says otherwise. It stops the reply clock that runs, and goes out by mail where mail reaches them.

    Raises StaleVersion, TicketIsFinal, IllegalTransition."""
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        change.require_not_final()
        if status_after is None and ticket.status == TicketStatus.NEW:
            status_after = TicketStatus.OPEN
        message = change.say(body, kind=MessageKind.REPLY, direction=Direction.OUTBOUND)
        # The promise in force now is the one that this reply kept or broke, whatever the priority becomes later.
        promised: dict[str, Any] = (
            {"next_target": change.terms.next_reply}
            if ticket.first_replied_at
            else {"target": change.terms.first_reply}
        )
        change.record(EventKind.AGENT_REPLY, message=message.pk, **promised)
        mail_message(message=message, purpose=MailPurpose.REPLY, at=at, by=by)
        if status_after is not None and status_after != ticket.status:
            change.move_to(status_after)
    return message
