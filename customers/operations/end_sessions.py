from collections.abc import Collection

from django.db import transaction

from customers.audit.record import record
from customers.choices import AuditKind
from customers.models import Session, User


@transaction.atomic
def end_sessions(*, user: User, but: str = "", only: Collection[str] | None = None) -> int:
    """Log somebody out everywhere, or in the sessions of `only`; of their sessions `but` stays. Both name sessions as
    they are stored, by digest. Returns how many ended: their next request meets the log-in page."""
    rows = Session.objects.filter(user=user).exclude(pk=but)
    if only is not None:
        rows = rows.filter(pk__in=only)
    ended, _each = rows.delete()
    if ended:
        record(AuditKind.DONE, user, verb="end_sessions", sessions=ended)
    return ended
