from datetime import datetime

from customers.models import User
from services.models import Presence, Ticket
from services.querysets import FORGOTTEN_AFTER


def forget_presence(*, ticket: Ticket, user: User) -> None:
    """Somebody closed the ticket."""
    Presence.objects.filter(ticket=ticket, user=user).delete()


def forget_silent(*, at: datetime) -> int:
    """Delete those of whom nothing was heard for a while; returns how many."""
    deleted, _models = Presence.objects.filter(seen_at__lt=at - FORGOTTEN_AFTER).delete()
    return deleted
