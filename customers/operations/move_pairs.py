"""The possible duplicates of a customer who is merged into another: whoever may be the one may be the other."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from customers.choices import PairState
from customers.models import Customer, DuplicatePair, User
from customers.operations.move_rows import Dropped, Moved
from customers.operations.plain_rows import ChangedRows, plain_rows
from customers.operations.source import chunks, keys_in, ranges

LABEL = DuplicatePair._meta.label


def move_pairs(
    *, gone: Customer, kept: Customer, by: User | None, at: datetime, changed: ChangedRows
) -> tuple[Moved, Dropped]:
    """Call the pair of the two merged; have the pairs of `gone` with others lead to `kept`, open or dismissed.

    Deleted and returned: a pair that `kept` has too. What an earlier merge decided stays as it is."""
    both = [gone.pk, kept.pk]
    pairs = list(DuplicatePair.objects.filter(Q(first__in=both) | Q(second__in=both)).order_by("pk"))
    taken = {_other(pair, kept.pk) for pair in pairs if kept.pk in (pair.first_id, pair.second_id)}
    moved: dict[str, list[Any]] = {}
    twins = []
    for pair in pairs:
        ends = (pair.first_id, pair.second_id)
        if set(ends) == set(both):
            changed.write(pair, state=PairState.MERGED, decided_at=at, decided_by_id=by.pk if by else None)
        elif gone.pk in ends and pair.state != PairState.MERGED:
            if _other(pair, gone.pk) in taken:
                twins.append(pair.pk)
            else:
                moved.setdefault("first" if pair.first_id == gone.pk else "second", []).append(pair.pk)
                _lead(pair, gone.pk, kept.pk)
    leaving = DuplicatePair.objects.filter(pk__in=twins)
    dropped = {LABEL: plain_rows(leaving)} if twins else {}
    leaving.delete()
    return ({LABEL: {end: ranges(keys) for end, keys in moved.items()}} if moved else {}), dropped


def move_pairs_back(moved: dict[str, list[Any]], *, kept_id: int, gone_id: int) -> None:
    """Have the pairs that still are pairs of `kept` lead to `gone` again, whoever their other customer is by now."""
    for part in chunks(key for keys in moved.values() for key in keys_in(keys)):
        for pair in DuplicatePair.objects.filter(Q(first=kept_id) | Q(second=kept_id), pk__in=part):
            _lead(pair, kept_id, gone_id)


def _lead(pair: DuplicatePair, from_id: int, to_id: int) -> None:
    """Put one customer in another's place, the smaller key first; a pair that is there already stays as it is."""
    pair.first_id, pair.second_id = sorted((_other(pair, from_id), to_id))
    try:
        with transaction.atomic():
            pair.save(update_fields=["first", "second"])
    except IntegrityError:
        return


def _other(pair: DuplicatePair, customer_id: int) -> int:
    return pair.second_id if pair.first_id == customer_id else pair.first_id
