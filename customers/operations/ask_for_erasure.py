from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import ErasureState
from customers.models import Customer, Erasure, User
from customers.operations.erasure_hindrances import ErasureRefused
from customers.operations.lock_customers import lock_customers
from customers.operations.preview_erasure import preview_erasure
from customers.operations.start_person_export import NoPerson, require_person

# What a decision fills in.
DECIDED = ("decision", "decided_at", "decided_by", "result")


@transaction.atomic
def ask_for_erasure(*, customer: Customer, reason: str, by: User | None, at: datetime) -> Erasure:
    """Put down that a person is to be erased, and look at what that would do. A second person decides.

    Raises ErasureRefused for an organisation, a tombstone, and where another request waits; ValidationError without a
    reason."""
    lock_customers(customer_ids=[customer.pk])
    customer.refresh_from_db()
    try:
        require_person(customer)
    except NoPerson as refused:
        raise ErasureRefused(str(refused)) from refused
    if Erasure.objects.filter(customer=customer, state=ErasureState.ASKED).exists():
        raise ErasureRefused(_("An erasure of this person waits for its decision already."))
    erasure = Erasure(
        customer=customer,
        reason=reason.strip(),
        asked_at=at,
        asked_by=by,
        preview=preview_erasure(customer=customer),
    )
    erasure.full_clean(exclude=["customer", "asked_by", "preview", *DECIDED])
    erasure.save(force_insert=True)
    return erasure
