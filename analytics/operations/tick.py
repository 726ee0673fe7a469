from datetime import datetime

from analytics.choices import RunState
from analytics.models import ScoreModelVersion, ScoringRun
from analytics.operations.claim_chunk import free_chunks
from analytics.operations.ensure_nightly_run import ensure_nightly_run
from analytics.operations.ensure_sweep import ensure_sweep
from analytics.operations.ensure_versions import ensure_versions, is_ready_for_a_first_version
from analytics.operations.finish_run import finish_run
from analytics.operations.forget_sweeps import forget_sweeps
from analytics.operations.plan_digest import plan_digest


def tick(*, at: datetime) -> int:
    """What has to happen every few seconds: make the runs that are due, close those that are complete, forget old
    sweeps, have the night's digest written. Returns how many chunks wait for a worker.

    Every step may be lost, doubled or run twice at once: each looks at what the database says and does what is
    missing. Before there is something to measure the first version is not made."""
    if not ScoreModelVersion.objects.active().exists() and not is_ready_for_a_first_version(at=at):
        return 0
    ensure_versions(at=at)
    ensure_nightly_run(at=at)
    ensure_sweep(at=at)
    running = [finish_run(run=run, at=at) for run in ScoringRun.objects.filter(state=RunState.RUNNING)]
    forget_sweeps(at=at)
    plan_digest(at=at)
    return sum(free_chunks(run).count() for run in running if run.state == RunState.RUNNING)
