from datetime import datetime

from django.db import transaction

from customers.models import User
from services.choices import EventKind
from services.models import TicketLink
from services.operations.link_tickets import note_on_both
from services.operations.ticket_change import lock_tickets


@transaction.atomic
def unlink_tickets(*, link: TicketLink, by: User | None, at: datetime) -> None:
    """Take a link away; both histories tell of it. One that is gone already changes nothing."""
    lock_tickets(tickets=[link.from_ticket, link.to_ticket])
    gone, _ = TicketLink.objects.filter(pk=link.pk).delete()
    if gone:
        note_on_both(link, EventKind.UNLINKED, by=by, at=at)
