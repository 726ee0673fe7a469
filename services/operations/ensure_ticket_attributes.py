from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from customers.choices import AttributeType
from services.models import ServiceType, TicketAttribute


@dataclass(frozen=True, slots=True)
class NewTicketAttribute:
    """An attribute of tickets that a preset brings along; of one service type (by code), or of all."""

    code: str
    name: str
    type: str = AttributeType.TEXT
    choices: tuple[str, ...] = ()
    service_type: str = ""


@transaction.atomic
def ensure_ticket_attributes(*, wanted: Iterable[NewTicketAttribute]) -> dict[str, TicketAttribute]:
    """The ticket attributes of these codes; made where they are missing, left as staff set them where they are here.

    Raises ValidationError for a code or a name that none can have, ServiceType.DoesNotExist."""
    found = {}
    for new in wanted:
        row = TicketAttribute.objects.filter(code=new.code).first()
        if row is None:
            kind = ServiceType.objects.get(code=new.service_type) if new.service_type else None
            values = {"name": new.name, "type": new.type, "choices": list(new.choices), "service_type": kind}
            row = TicketAttribute(code=new.code, **values)
            row.full_clean()
            row.save(force_insert=True)
        found[new.code] = row
    return found
