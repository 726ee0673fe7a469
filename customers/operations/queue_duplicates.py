from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers.choices import PairState
from customers.matching.finding import Comparison
from customers.models import Customer, DuplicatePair
from customers.operations.source import chunks

Pair = tuple[int, int]


@dataclass(slots=True)
class Queued:
    """What became of pairs that were handed in."""

    new: int = 0
    updated: int = 0
    decided: int = 0  # merged or dismissed by a person: left as they are


def pair(one: int, other: int) -> Pair:
    """The keys of two customers as a pair is known by: the smaller first."""
    return (one, other) if one < other else (other, one)


@transaction.atomic
def queue_duplicates(*, found: Mapping[Pair, Comparison], found_by: str, at: datetime) -> Queued:
    """Put pairs into the review queue. One that waits there gets its likeness and reasons anew; one that a person
    decided on stays decided. Pairs of customers who are gone by now are left out."""
    queued = Queued()
    living = _locked({pk for keys in found for pk in keys})
    here = _pairs_of(found)
    new, changed = [], []
    for (first, second), comparison in found.items():
        if first not in living or second not in living:
            continue
        score, reasons = comparison.likeness, comparison.reasons()
        row = here.get((first, second))
        if row is None:
            new.append(
                DuplicatePair(
                    first_id=first, second_id=second, score=score, reasons=reasons, found_by=found_by, found_at=at
                )
            )
        elif row.state != PairState.OPEN:
            queued.decided += 1
        elif (row.score, row.reasons) != (score, reasons):
            row.score, row.reasons = score, reasons
            changed.append(row)
    # Two verbs may find the same pair at once.
    DuplicatePair.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    DuplicatePair.objects.bulk_update(changed, ["score", "reasons"], batch_size=200)
    queued.new, queued.updated = len(new), len(changed)
    return queued


def _locked(customer_ids: Iterable[int]) -> set[int]:
    """Those of the customers who are here and were not merged away, locked in key order until the pairs are written."""
    living: set[int] = set()
    for ids in chunks(sorted(customer_ids)):
        rows = Customer.objects.living().filter(pk__in=ids).select_for_update().order_by("pk")
        living.update(rows.values_list("pk", flat=True))
    return living


def _pairs_of(found: Iterable[Pair]) -> dict[Pair, DuplicatePair]:
    rows: dict[Pair, DuplicatePair] = {}
    for pairs in chunks(sorted(found)):
        firsts, seconds = {first for first, _ in pairs}, {second for _, second in pairs}
        here = DuplicatePair.objects.filter(first__in=firsts, second__in=seconds)
        rows.update(((row.first_id, row.second_id), row) for row in here)
    return rows
