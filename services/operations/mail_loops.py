"""Whether a sender sends so much that it must be a machine which answers us."""

from datetime import timedelta

from django.conf import settings

from services.choices import MailOutcome, NotificationKind
from services.models import InboundMail, Ticket
from services.operations.notify import notify

WINDOW = timedelta(hours=1)


def is_looping(mail: InboundMail, ticket: Ticket | None) -> bool:
    """Whether so many mails of this sender went into this ticket, or became tickets, within the hour before that this
    one is not taken."""
    if not mail.sender_index:
        return False
    since = mail.received_at - WINDOW
    before = InboundMail.objects.filter(
        sender_index=mail.sender_index, received_at__gt=since, received_at__lte=mail.received_at
    ).exclude(pk=mail.pk)
    into = before.filter(outcome=MailOutcome.TICKET) if ticket is None else before.filter(message__ticket=ticket)
    most: int = settings.MAIL_MOST_AN_HOUR
    return into.count() >= most


def tell_of_loop(mail: InboundMail, ticket: Ticket | None) -> None:
    """Tell whoever has the ticket, else the last one of this sender, once an hour."""
    if ticket is None:
        last = InboundMail.objects.filter(sender_index=mail.sender_index).exclude(ticket=None).order_by("-received_at")
        found = last.select_related("ticket__assignee").first()
        ticket = found.ticket if found else None
    if ticket is None or ticket.assignee is None:
        return
    key = f"loop:{ticket.pk}:{mail.received_at:%Y%m%d%H}"
    notify(
        user_ids=[ticket.assignee.user_id], ticket=ticket, kind=NotificationKind.LOOPING, key=key, at=mail.received_at
    )
