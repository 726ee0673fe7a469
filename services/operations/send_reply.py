from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from customers.models import User
from services.choices import TicketStatus
from services.models import Message, Ticket
from services.operations.finish_draft import finish_draft
from services.operations.reply_to_ticket import reply_to_ticket


@transaction.atomic
def send_reply(
    *,
    ticket: Ticket,
    body: str,
    by: User,
    at: datetime,
    status_after: TicketStatus | None = None,
    files: Sequence[UUID] = (),
    expected_version: int | None = None,
) -> Message:
    """Answer the customer from the desk: the reply with its files goes out, the draft is gone. A note that was begun
    beside it stays a note.

    Raises StaleVersion, TicketIsFinal, IllegalTransition, FileIsGone: then the draft is still there."""
    message = reply_to_ticket(
        ticket=ticket, body=body, by=by, at=at, status_after=status_after, expected_version=expected_version
    )
    finish_draft(message=message, by=by, files=files)
    return message
