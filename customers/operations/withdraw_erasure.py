from datetime import datetime

from django.db import transaction

from customers.choices import ErasureState
from customers.models import Erasure, User
from customers.operations.decide_erasure import DECISION, decide, lock_waiting


@transaction.atomic
def withdraw_erasure(
    *, erasure: Erasure, by: User | None, at: datetime, decision: str = "", expected_version: int | None = None
) -> Erasure:
    """Take the request back: the person thought better of it, or it was a mistake.

    Raises ErasureRefused where it was decided before; StaleVersion."""
    lock_waiting(erasure, expected_version=expected_version)
    decide(erasure, state=ErasureState.WITHDRAWN, decision=decision, by=by, at=at)
    return erasure.save_checked(update_fields=DECISION)
