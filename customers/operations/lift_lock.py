from django.db import transaction

from customers.audit.record import record
from customers.choices import AuditKind
from customers.models import LoginLock


@transaction.atomic
def lift_lock(*, lock: LoginLock) -> None:
    """Let somebody try again at once, and forget the failures that were counted."""
    record(AuditKind.REMOVED, lock)
    LoginLock.objects.filter(pk=lock.pk).delete()
