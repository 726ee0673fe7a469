from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from analytics.choices import RunKind
from analytics.models import ScoreModelVersion, ScoringChunk, ScoringRun
from analytics.sql.customer_ranges import CustomerRange, customer_ranges

CHUNK_CUSTOMERS = 10_000
# In one statement: with their keys, 5 MB, of which MariaDB takes 16.
CHUNKS_AT_ONCE = 50


@transaction.atomic
def ensure_run(
    *,
    kind: RunKind,
    logical_at: datetime,
    as_of: datetime,
    at: datetime,
    ranges: Iterable[CustomerRange] | None = None,
) -> ScoringRun:
    """The one run of this kind that stands for `logical_at`: made with its whole plan in one transaction, or found.

    That the pair is unique is the lock: of two that try at once, one makes run and chunks and the other waits for it
    and finds them. `ranges` defaults to all customers. Needs an active ScoreModelVersion (ensure_versions)."""
    run, made = ScoringRun.objects.get_or_create(
        kind=kind,
        logical_at=logical_at,
        defaults={"version": ScoreModelVersion.objects.active().get(), "as_of": as_of, "started_at": at},
    )
    if made:
        plan = customer_ranges(size=CHUNK_CUSTOMERS) if ranges is None else ranges
        ScoringChunk.objects.bulk_create(
            (
                ScoringChunk(run=run, lo=part.lo, hi=part.hi, customers=part.customers, customer_ids=part.keys)
                for part in plan
            ),
            batch_size=CHUNKS_AT_ONCE,
        )
    return run
