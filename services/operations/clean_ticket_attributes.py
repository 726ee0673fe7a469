from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from customers.operations.clean_attributes import Definitions, clean_attributes
from services.models import ServiceType, TicketAttribute


def ticket_definitions() -> dict[str, TicketAttribute]:
    """All attributes of tickets by code, in their order."""
    return {row.code: row for row in TicketAttribute.objects.all()}


def clean_ticket_attributes(
    *,
    service_type: ServiceType | None,
    values: Mapping[str, Any],
    definitions: Definitions | None = None,
    required: bool = False,
    kept: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The values as they are stored, by the rules of customers' attributes: of attributes that tickets of this service
    type have, of the right type. What stands already (`kept`) stays as it is. Raises BadAttributes."""
    if not values and not required:
        return {}
    return clean_attributes(
        kind=service_type.pk if service_type else None,
        values=values,
        definitions=ticket_definitions() if definitions is None else definitions,
        required=required,
        kept=kept,
        unknown=_("There is no such attribute of this kind of ticket."),
    )
