from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from customers.choices import PairState
from customers.models import DuplicatePair, User


class PairIsDecided(Exception):
    """Somebody decided about the pair before, or about one of its customers. Nothing was written."""

    def __init__(self, pair: DuplicatePair) -> None:
        self.pair = pair
        message = _("This pair was decided before: %(state)s.")
        super().__init__(message % {"state": pair.get_state_display()})


@transaction.atomic
def dismiss_pair(*, pair: DuplicatePair, by: User | None, at: datetime) -> DuplicatePair:
    """Say that the two are not the same. They are not proposed again. Raises PairIsDecided."""
    pair.refresh_from_db(from_queryset=DuplicatePair.objects.select_for_update())
    if pair.state != PairState.OPEN:
        raise PairIsDecided(pair)
    pair.state, pair.decided_by, pair.decided_at = PairState.DISMISSED, by, at
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    return pair
