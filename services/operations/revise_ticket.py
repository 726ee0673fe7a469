from datetime import datetime
from typing import Any

from django.db import transaction

from customers.models import User
from customers.operations.revise_row import revise_row
from services.choices import EventKind
from services.models import Ticket
from services.operations.clean_ticket_attributes import clean_ticket_attributes
from services.operations.rematch_policy import rematch_policy
from services.operations.ticket_change import changing, lock_tickets


@transaction.atomic
def revise_ticket(
    *,
    ticket: Ticket,
    changes: dict[str, Any],
    by: User | None,
    at: datetime,
    require_attributes: bool = False,
    expected_version: int | None = None,
) -> Ticket:
    """Correct what no verb owns: subject, channel, service type, attributes. Another service type stands in the
    ticket's history, and the policy is matched anew. Attributes are given whole; with `require_attributes`, those that
    must be given are.

    Raises StaleVersion, ValidationError, BadAttributes."""
    lock_tickets(tickets=[ticket])
    ticket.require_version(expected_version)
    new_type = changes.get("service_type", ticket.service_type)
    if "attributes" in changes:
        clean = clean_ticket_attributes(
            service_type=new_type, values=changes["attributes"], kept=ticket.attributes, required=require_attributes
        )
        changes = {**changes, "attributes": clean}
    if new_type == ticket.service_type:
        return revise_row(row=ticket, changes=changes, at=at)
    with changing(ticket=ticket, by=by, at=at) as change:
        change.refresh_clocks()
        old = ticket.service_type_id
        change.set(**changes)
        ticket.full_clean()
        change.record(EventKind.SERVICE_TYPE, old=old, new=new_type and new_type.pk, **rematch_policy(change))
    return ticket
