"""The possible duplicates of a customer who is merged into another: whoever may be the one may be the other."""

from datetime import datetime

from django.db.models import Q

from customers.choices import PairState
from customers.models import Customer, DuplicatePair, User
from customers.operations.move_rows import Dropped
from customers.operations.plain_rows import ChangedRows, plain_rows


def move_pairs(*, gone: Customer, kept: Customer, by: User | None, at: datetime, changed: ChangedRows) -> Dropped:
    """Call the pair of the two merged; have the pairs of `gone` with others lead to `kept`, open or dismissed.

    Deleted and returned: a pair that `kept` has too. What an earlier merge decided stays as it is."""
    both = [gone.pk, kept.pk]
    pairs = list(DuplicatePair.objects.filter(Q(first__in=both) | Q(second__in=both)).order_by("pk"))
    taken = {_other(pair, kept.pk) for pair in pairs if kept.pk in (pair.first_id, pair.second_id)}
    twins = []
    for pair in pairs:
        ends = (pair.first_id, pair.second_id)
        if set(ends) == set(both):
            changed.write(pair, state=PairState.MERGED, decided_at=at, decided_by_id=by.pk if by else None)
        elif gone.pk in ends and pair.state != PairState.MERGED:
            other = _other(pair, gone.pk)
            if other in taken:
                twins.append(pair.pk)
            else:
                changed.write(pair, first_id=min(other, kept.pk), second_id=max(other, kept.pk))
    leaving = DuplicatePair.objects.filter(pk__in=twins)
    dropped = {DuplicatePair._meta.label: plain_rows(leaving)} if twins else {}
    leaving.delete()
    return dropped


def _other(pair: DuplicatePair, customer_id: int) -> int:
    return pair.second_id if pair.first_id == customer_id else pair.first_id
