from collections.abc import Sequence
from datetime import datetime

from customers.models import User
from services.models import Notification, Ticket


def read_notifications(
    *, user: User, at: datetime, ids: Sequence[int] | None = None, ticket: Ticket | None = None
) -> int:
    """The user has read what they were told: these, or what concerns a ticket, or all of it; returns how many were
    new to them. What was read stays read at the first moment."""
    unread = Notification.objects.filter(user=user, read_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    if ticket is not None:
        unread = unread.filter(ticket=ticket)
    return unread.update(read_at=at)
