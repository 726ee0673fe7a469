from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from analytics.models import ScoringChunk
from analytics.sql.customer_ranges import CustomerRange, ranges_of
from customers.choices import LeaseState
from customers.models import Customer


@transaction.atomic
def give_back_chunk(*, chunk: ScoringChunk, error: Exception) -> None:
    """Return a leased chunk whose computation failed, unless the lease was lost meanwhile.

    Impossible data (ValueError) fails again however often it is tried, so the chunk is cut in two, until the one
    customer is left that has it: that chunk has failed, and all others get their scores. Anything else is tried
    again later."""
    mine = chunk.mine()
    message = f"{type(error).__name__}: {error}" if isinstance(error, ValueError) else type(error).__name__
    if not isinstance(error, ValueError):
        mine.update(state=LeaseState.TODO, error=message)
    elif chunk.lo == chunk.hi:
        mine.update(state=LeaseState.FAILED, error=message, customers=1)
    else:
        _cut(chunk, mine, message)


def _cut(chunk: ScoringChunk, mine: QuerySet[ScoringChunk], message: str) -> None:
    first, second = _halves(chunk)
    if mine.update(state=LeaseState.TODO, attempts=0, error=message, **_columns(first)):
        ScoringChunk.objects.create(run=chunk.run, error=message, **_columns(second))


def _halves(chunk: ScoringChunk) -> tuple[CustomerRange, CustomerRange]:
    keys = chunk.customer_ids
    if keys is not None:
        first, second = ranges_of(keys, size=-(-len(keys) // 2))
        return first, second
    middle = (chunk.lo + chunk.hi) // 2
    return _range(chunk.lo, middle), _range(middle + 1, chunk.hi)


def _range(lo: int, hi: int) -> CustomerRange:
    return CustomerRange(lo, hi, Customer.objects.profiled().filter(pk__range=(lo, hi)).count())


def _columns(part: CustomerRange) -> dict[str, Any]:
    return {"lo": part.lo, "hi": part.hi, "customers": part.customers, "customer_ids": part.keys}
