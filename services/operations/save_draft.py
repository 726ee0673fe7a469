from datetime import datetime

from django.db import transaction

from customers.models import User
from customers.operations.record_activity import require_not_erased
from services.choices import MessageKind
from services.models import Draft, Ticket
from services.operations.discard_draft import discard_draft
from services.operations.ticket_facts import counts_for
from services.sql.put import put


@transaction.atomic
def save_draft(*, ticket: Ticket, user: User, kind: MessageKind, body: str, at: datetime) -> Draft | None:
    """Keep what somebody has typed so far; nothing typed is no draft. The newest wins, whatever the order in which
    two windows of one user arrive. Raises CustomerIsErased."""
    if not body.strip():
        discard_draft(ticket=ticket, user=user, kind=kind)
        return None
    require_not_erased(customer_ids=counts_for(ticket))
    draft = Draft(ticket=ticket, user=user, kind=kind, body=body, updated_at=at)
    put(draft, key=("ticket", "user", "kind"), columns=("body", "updated_at"))
    return Draft.objects.get(ticket=ticket, user=user, kind=kind)
