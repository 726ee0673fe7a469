from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.choices import PairState
from customers.models import DuplicatePair


@transaction.atomic
def propose_pair(
    *, one_id: int, other_id: int, score: float, reasons: Sequence[dict[str, Any]], found_by: str, at: datetime
) -> DuplicatePair:
    """Put two customers who may be one into the review queue. A pair that is known gets the new likeness and reasons
    while it is open; one that somebody decided stays as it was decided."""
    first, second = sorted((one_id, other_id))
    found = {"score": score, "reasons": list(reasons)}
    pair, is_new = DuplicatePair.objects.get_or_create(
        first_id=first, second_id=second, defaults={**found, "found_by": found_by, "found_at": at}
    )
    if not is_new and pair.state == PairState.OPEN:
        DuplicatePair.objects.filter(pk=pair.pk, state=PairState.OPEN).update(**found)
        pair.score, pair.reasons = score, list(reasons)
    return pair
