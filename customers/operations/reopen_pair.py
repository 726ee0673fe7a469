from django.db import transaction

from customers.choices import PairState
from customers.models import DuplicatePair
from customers.operations.dismiss_pair import PairIsDecided


@transaction.atomic
def reopen_pair(*, pair: DuplicatePair) -> DuplicatePair:
    """Take back that two are not the same: the pair waits to be reviewed again. Raises PairIsDecided where it waits
    already, or where the two were merged: that is undone by undo_merge."""
    pair.refresh_from_db(from_queryset=DuplicatePair.objects.select_for_update())
    if pair.state != PairState.DISMISSED:
        raise PairIsDecided(pair)
    pair.state, pair.decided_by, pair.decided_at = PairState.OPEN, None, None
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    return pair
