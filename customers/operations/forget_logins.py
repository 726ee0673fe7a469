from datetime import datetime

from customers.models import LoginLock, Session
from customers.operations.count_attempt import KEPT


def forget_logins(*, at: datetime) -> int:
    """Throw away failed log-ins that no longer count, and sessions whose time is over; returns how many rows."""
    locks = LoginLock.objects.filter(last_failed_at__lt=at - KEPT).exclude(locked_until__gt=at)
    old, _each = locks.delete()
    over, _each = Session.objects.filter(expire_date__lte=at).delete()
    return old + over
