from datetime import datetime

from django.db import transaction
from django.utils.translation import ngettext

from customers.operations.remove_row import remove_row
from services.models import TicketAttribute
from services.models.attribute import tickets_with


class TicketAttributeInUse(Exception):
    """Tickets have values of it. Nothing was removed."""

    def __init__(self, tickets: int) -> None:
        message = ngettext(
            "%(number)d ticket has a value of this attribute: take it away first.",
            "%(number)d tickets have a value of this attribute: take it away first.",
            tickets,
        )
        super().__init__(message % {"number": tickets})


@transaction.atomic
def remove_ticket_attribute(*, attribute: TicketAttribute, at: datetime, expected_version: int | None = None) -> None:
    """Remove a definition that no ticket has a value of. Raises StaleVersion, TicketAttributeInUse."""
    if tickets := tickets_with(attribute.code).count():
        raise TicketAttributeInUse(tickets)
    remove_row(row=attribute, expected_version=expected_version, at=at)
