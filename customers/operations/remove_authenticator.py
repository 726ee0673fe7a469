from django.db import transaction

from customers.audit.record import record
from customers.choices import AuditKind
from customers.models import Authenticator, RecoveryCode, User
from customers.operations.end_sessions import end_sessions


@transaction.atomic
def remove_authenticator(*, user: User, but: str = "") -> bool:
    """Switch somebody's second step off, with its recovery codes, and end their sessions, but for one. Returns whether
    they had one. Where their role needs it, the next log-in leads them to set it up anew."""
    removed, _each = Authenticator.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    end_sessions(user=user, but=but)
    if removed:
        record(AuditKind.DONE, user, verb="remove_authenticator")
    return bool(removed)
