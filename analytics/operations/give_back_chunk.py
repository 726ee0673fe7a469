from django.db import transaction
from django.db.models import QuerySet

from analytics.models import ScoringChunk
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
    middle = (chunk.lo + chunk.hi) // 2
    counts = [
        Customer.objects.profiled().filter(pk__range=part).count()
        for part in ((chunk.lo, middle), (middle + 1, chunk.hi))
    ]
    if mine.update(state=LeaseState.TODO, hi=middle, attempts=0, customers=counts[0], error=message):
        ScoringChunk.objects.create(run=chunk.run, lo=middle + 1, hi=chunk.hi, customers=counts[1], error=message)
