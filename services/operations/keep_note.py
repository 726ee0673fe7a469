from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from customers.models import User
from services.models import Message, Ticket
from services.operations.add_note import add_note
from services.operations.finish_draft import finish_draft


@transaction.atomic
def keep_note(
    *,
    ticket: Ticket,
    body: str,
    by: User,
    at: datetime,
    files: Sequence[UUID] = (),
    expected_version: int | None = None,
) -> Message:
    """Write an internal note from the desk, with its files; the draft is gone. There is no way from here to the
    customer.

    Raises StaleVersion, TicketIsFinal, FileIsGone: then the draft is still there."""
    message = add_note(ticket=ticket, body=body, by=by, at=at, expected_version=expected_version)
    finish_draft(message=message, by=by, files=files)
    return message
