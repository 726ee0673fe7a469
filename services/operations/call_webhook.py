from datetime import datetime

from django.db import transaction

from customers.models import Webhook, WebhookDelivery
from services.models import Ticket
from services.operations.emit_ticket_events import CALLED, told_of


@transaction.atomic
def call_webhook(*, webhook: Webhook, ticket: Ticket, at: datetime) -> WebhookDelivery | None:
    """Tell one webhook of a ticket, whatever events it chose. An action of rules. None where the webhook is off, or may
    not see the ticket."""
    rows = Ticket.objects.filter(pk=ticket.pk).visible_to(webhook.owner)
    if webhook.team_id is not None:
        rows = rows.filter(team=webhook.team_id)
    if not webhook.is_active or not rows.exists():
        return None
    return WebhookDelivery.objects.create(
        webhook=webhook,
        event=CALLED.code,
        lane=f"ticket:{ticket.pk}",
        object_type=CALLED.object_type,
        object_id=ticket.pk,
        path=CALLED.path.format(id=ticket.pk),
        data=told_of(ticket),
        at=at,
        due_at=at,
    )
