from datetime import datetime

from django.db import transaction

from analytics.choices import OVER_EVERYBODY, RunKind, RunState
from analytics.models import ScoringRun
from analytics.operations.ensure_run import CHUNK_CUSTOMERS, ensure_run
from analytics.operations.stale_since import stale_since
from analytics.sql.customer_ranges import ranges_of
from analytics.sql.stale_customers import stale_customers


@transaction.atomic
def ensure_sweep(*, at: datetime) -> ScoringRun | None:
    """A run over the customers whose scores are stale at `at`; None where nobody's is.

    One sweep at a time: while one goes on it is returned, and what changes meanwhile is for the next. Before anybody
    was ever scored there is no sweep while a run over everybody goes on, which does the same."""
    running = ScoringRun.objects.filter(state=RunState.RUNNING)
    if sweep := running.filter(kind=RunKind.SWEEP).first():
        return sweep
    since = stale_since()
    if since is None and running.filter(kind__in=OVER_EVERYBODY).exists():
        return None
    stale = stale_customers(as_of=at, since=since)
    if not stale:
        return None
    plan = ranges_of(stale, size=CHUNK_CUSTOMERS)
    return ensure_run(kind=RunKind.SWEEP, logical_at=at, as_of=at, at=at, ranges=plan)
