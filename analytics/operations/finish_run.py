import logging
from datetime import datetime

from django.db.models import Sum

from analytics.choices import OVER_EVERYBODY, RunState
from analytics.models import CustomerScore, PreferenceProfile, ScoringChunk, ScoringRun
from analytics.operations.score_distribution import measure_distribution
from customers.choices import LeaseState
from customers.models import FREE

logger = logging.getLogger(__name__)


def finish_run(*, run: ScoringRun, at: datetime) -> ScoringRun:
    """Close a run whose chunks are all done or failed for good; otherwise it stays as it is.

    By compare-and-swap: of several workers that see the last chunk done, one closes the run."""
    run.refresh_from_db()
    if run.state != RunState.RUNNING:
        return run
    run.chunks.filter(FREE, attempts__gte=ScoringChunk.most_attempts).update(state=LeaseState.FAILED)
    if not run.chunks.filter(state__in=(LeaseState.TODO, LeaseState.LEASED)).exists():
        _close(run, at)
        run.refresh_from_db()
    return run


def _close(run: ScoringRun, at: datetime) -> None:
    customers = dict(run.chunks.order_by().values("state").annotate(n=Sum("customers")).values_list("state", "n"))
    failed = customers.get(LeaseState.FAILED)
    distribution = run.distribution  # what the chunks shared
    if run.kind in OVER_EVERYBODY:
        # A worker may publish the score of a customer who was merged into another, or objected, while it computed.
        for model in (CustomerScore, PreferenceProfile):
            model._default_manager.unprofiled().delete()
        distribution = {**measure_distribution(), **(distribution or {})}
    closed = ScoringRun.objects.filter(pk=run.pk, state=RunState.RUNNING).update(
        state=RunState.DONE if failed is None else RunState.PARTIAL,
        finished_at=at,
        customers=customers.get(LeaseState.DONE, 0),
        failed=failed or 0,
        distribution=distribution,
    )
    if closed and failed is not None:
        logger.error("scoring run %s is partial: %s customers failed", run.pk, failed)
