from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import User
from customers.operations.revise_row import revise_row
from services.choices import EventKind
from services.models import Ticket
from services.operations.rematch_policy import rematch_policy
from services.operations.ticket_change import changing


@transaction.atomic
def revise_ticket(
    *, ticket: Ticket, changes: dict[str, Any], by: User | None, at: datetime, expected_version: int | None = None
) -> Ticket:
    """Correct what no verb owns: subject, channel, service type, attributes. Another service type stands in the
    ticket's history, and the policy is matched anew.

    Raises StaleVersion, ValidationError."""
    new_type = changes.get("service_type", ticket.service_type)
    if new_type == Ticket.objects.select_related("service_type").get(pk=ticket.pk).service_type:
        return revise_row(row=ticket, changes=changes, at=at, expected_version=expected_version)
    with changing(ticket=ticket, by=by, at=at, expected_version=expected_version) as change:
        change.refresh_clocks()
        old = ticket.service_type_id
        change.set(**changes)
        ticket.full_clean()
        change.record(EventKind.SERVICE_TYPE, old=old, new=new_type and new_type.pk, **rematch_policy(change))
    return ticket
