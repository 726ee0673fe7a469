from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.backup.place import Place
from customers.models import Customer
from customers.operations.approve_erasure import approve_erasure
from customers.operations.ask_for_erasure import ask_for_erasure
from customers.operations.erasure_hindrances import ErasureRefused
from customers.operations.note_erasures import erasures_noted


@dataclass(slots=True)
class Reapplied:
    """`noted`: erasures that are on record beside the backups; `erased`: customers who were erased anew; `refused`: why
    some could not be, by key."""

    noted: int = 0
    erased: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def reapply_erasures(*, at: datetime, place: Place | None = None) -> Reapplied:
    """Erase again whom the record beside the backups names and this database still knows: it was restored from a backup
    that is older than their erasure. Each person in a transaction of their own; done twice it does nothing."""
    done = Reapplied()
    for one in erasures_noted(place or Place()):
        done.noted += 1
        for customer in Customer.objects.filter(pk__in=one.customers, erased_at=None).order_by("pk"):
            if customer.created_at.isoformat() != one.customers[customer.pk]:
                continue  # another person, who got the key since
            customer.refresh_from_db()
            if customer.erased_at is not None:
                continue  # with the one they were merged into
            try:
                _erase(customer, one.at, at)
                done.erased.append(customer.pk)
            except ErasureRefused as refused:
                done.refused[customer.pk] = str(refused)
    return done


@transaction.atomic
def _erase(customer: Customer, erased_at: str, at: datetime) -> None:
    reason = _("Erased before, on %(day)s; again, since an older backup was restored.") % {"day": erased_at[:10]}
    waiting = customer.erasures.filter(state="asked").first()
    erasure = waiting or ask_for_erasure(customer=customer, reason=reason, by=None, at=at)
    approve_erasure(erasure=erasure, by=None, at=at)
