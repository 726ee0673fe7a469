from datetime import datetime

from services.choices import LinkKind
from services.models import Ticket
from services.operations.link_tickets import LinkRefused, link_tickets


def link_related(*, ticket: Ticket, to: Ticket, at: datetime) -> None:
    """Say that a ticket that was just opened is related to another, where that can be said."""
    try:
        link_tickets(from_ticket=ticket, to_ticket=to, kind=LinkKind.RELATED, by=None, at=at)
    except LinkRefused:  # merged just now: the mail itself says what it answers
        return
