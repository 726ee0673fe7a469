from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import ErasureState
from customers.models import Erasure, User
from customers.operations.decide_erasure import DECISION, decide, lock_waiting


@transaction.atomic
def refuse_erasure(
    *, erasure: Erasure, decision: str, by: User | None, at: datetime, expected_version: int | None = None
) -> Erasure:
    """Refuse to erase a person, with the reason that they will be told (GDPR art. 12(4), PIPL art. 50).

    Raises ErasureRefused where it was decided before; ValidationError without a reason; StaleVersion."""
    lock_waiting(erasure, expected_version=expected_version)
    if not decision.strip():
        raise ValidationError({"decision": _("Say why: the person must be told.")})
    decide(erasure, state=ErasureState.REFUSED, decision=decision, by=by, at=at)
    return erasure.save_checked(update_fields=DECISION)
