from datetime import datetime

from django.db import transaction

from customers.audit.record import record
from customers.choices import AuditKind
from customers.encryption.keyring import is_wrapped_anew, unwrapped, wrapped
from customers.models import DataKey


@transaction.atomic
def wrap_keys_anew(*, at: datetime) -> int:
    """Wrap every data key by CRM_ENCRYPTION_KEY that is still wrapped by CRM_ENCRYPTION_KEY_OLD. Returns how many. No
    value is touched; afterwards the old one is needed no more.

    Raises CannotDecrypt, having changed nothing, where a key can be opened with neither."""
    changed = 0
    for row in DataKey.objects.select_for_update().order_by("pk"):
        if is_wrapped_anew(row.wrapped, purpose=row.purpose):
            continue
        row.wrapped = wrapped(unwrapped(row.wrapped, purpose=row.purpose), purpose=row.purpose)
        row.save(update_fields=["wrapped"])
        record(AuditKind.DONE, row, verb="wrap-keys-anew", at=at.isoformat())
        changed += 1
    return changed
