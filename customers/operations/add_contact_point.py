from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.encryption.blind_index import blind_index
from customers.models import ContactPoint, Customer
from customers.operations.record_activity import record_activity


class HasItAlready(Exception):
    """The customer has this contact point. Nothing was written."""

    def __init__(self) -> None:
        super().__init__(_("This customer already has this contact point."))


@transaction.atomic
def add_contact_point(
    *, customer: Customer, kind: str, value: str, at: datetime, label: str = "", is_primary: bool = False
) -> ContactPoint:
    """Add a way to reach the customer. Where it is the primary one of its kind, the others of the kind no longer are.

    Raises HasItAlready, also where the value is only written differently."""
    record_activity(customer_ids=[customer.pk], at=at)  # first: the lock makes the two checks below hold
    points = customer.contact_points.filter(kind=kind)
    if points.filter(blind_index=blind_index(kind, value, region=customer.country)).exists():
        raise HasItAlready
    if is_primary:
        points.update(is_primary=False)
    return ContactPoint.objects.create(
        customer=customer, kind=kind, value=value, label=label, is_primary=is_primary, created_at=at
    )
