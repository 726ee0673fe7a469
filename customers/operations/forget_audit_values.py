from datetime import datetime

from django.db import transaction
from django.db.models import Q

from customers.audit.record import Happening, record_all
from customers.choices import AuditKind
from customers.models import AuditEntry, Customer


@transaction.atomic
def forget_audit_values(*, customer_id: int, at: datetime) -> int:
    """Make the old and new values of every audit entry about a customer, and about those who were merged into them,
    unreadable for good: the keys that open them are destroyed. Who did what to which row, and when, stays, and the
    chain stays whole. An entry about two customers (a relation) goes with either. Returns how many entries.

    For the erasure of a person, in its transaction. Copies elsewhere (backups, replicas) keep the keys until they are
    replaced."""
    ids = _with_those_who_were_merged(customer_id)
    about = Q(customer_id__in=ids) | Q(other_customer_id__in=ids)
    readable = AuditEntry._base_manager.filter(about).exclude(key="").exclude(kind=AuditKind.FORGOTTEN)
    forgotten = readable.update(key="")
    label = Customer._meta.label_lower
    record_all(
        [
            Happening(AuditKind.FORGOTTEN, label, str(pk), (pk,), facts={"entries": forgotten, "at": at.isoformat()})
            for pk in ids
        ]
    )
    return forgotten


def _with_those_who_were_merged(customer_id: int) -> list[int]:
    found, here = [customer_id], [customer_id]
    while here:
        here = [*Customer.objects.filter(merged_into__in=here).exclude(pk__in=found).values_list("pk", flat=True)]
        found += here
    return found
