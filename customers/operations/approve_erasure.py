from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import ErasureState
from customers.models import Erasure, User
from customers.operations.decide_erasure import DECISION, decide, lock_waiting
from customers.operations.erase_person import erase_person
from customers.operations.erasure_hindrances import ErasureRefused


@transaction.atomic
def approve_erasure(
    *, erasure: Erasure, by: User | None, at: datetime, decision: str = "", expected_version: int | None = None
) -> Erasure:
    """Erase the person, in this transaction, and keep what was done and the proof with the request. `by` must not be
    who asked: four eyes (GDPR art. 5(2), 32). None: a command on the server, where nobody is logged in.

    Raises ErasureRefused where it was decided before, where the same person asked for it, or where something stands in
    the way; StaleVersion."""
    lock_waiting(erasure, expected_version=expected_version)
    if by is not None and erasure.asked_by_id == by.pk:
        raise ErasureRefused(_("You asked for this yourself: a second person must approve it."))
    result = erase_person(customer=erasure.customer, at=at)
    erasure.refresh_from_db(fields=["reason"])  # the person's name may have stood in it
    decide(erasure, state=ErasureState.DONE, decision=decision, by=by, at=at)
    erasure.result = result
    return erasure.save_checked(update_fields=[*DECISION, "result"])
