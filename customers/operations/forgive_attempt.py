from django.db import transaction
from django.db.models import F

from customers.choices import LockKind
from customers.models import LoginLock
from customers.operations.count_attempt import Attempt


@transaction.atomic
def forgive_attempt(*, attempt: Attempt) -> None:
    """An attempt succeeded: take back that it was counted. Whoever succeeds has all earlier failures of their own
    forgiven; those of their address stay, or one account would let its owner guess at all others."""
    for pk, kind, locked_until, last in attempt.rows:
        row = LoginLock.objects.filter(pk=pk)
        if kind == LockKind.ADDRESS:
            row.filter(failures__gt=0).update(failures=F("failures") - 1, last_failed_at=last)
            row.filter(locked_until=locked_until).update(locked_until=None)
        else:
            row.update(failures=0, locked_until=None)
