import random
from datetime import timedelta

from django.db.models import QuerySet

from analytics.choices import RunKind, RunState
from analytics.models import ScoringChunk, ScoringRun
from customers.models import FREE

# Ten times what the slowest chunk takes (p99, measured in bench/rescore.py); each attempt gets as much again.
LEASE = timedelta(seconds=30)
# Claimers choose among so many, so that they seldom meet.
CHOICE = 16
# A sweep shows what just happened, so it never waits behind a run over everybody.
URGENCY = {RunKind.SWEEP: 0, RunKind.MANUAL: 1, RunKind.NIGHTLY: 2, RunKind.REPLAY: 3}


def claim_chunk(*, run: ScoringRun | None = None) -> ScoringChunk | None:
    """Lease a free chunk of this run, or of the most urgent run; None where nothing is free.

    Portable, without SKIP LOCKED: pick one, then take it by an UPDATE that repeats the condition. Whoever changes
    the row has it; the others look again. The token tells at the end whether the lease was still ours."""
    for candidate in _running_runs(run):
        while chunks := list(free_chunks(candidate)[:CHOICE]):
            chunk = random.choice(chunks)  # noqa: S311 - spreads claimers, guards nothing
            if chunk.lease(LEASE):
                return chunk
    return None


def free_chunks(run: ScoringRun) -> "QuerySet[ScoringChunk]":
    """The chunks of a run that a worker may take now, without the keys: those of one alone will be read."""
    return run.chunks.filter(FREE, attempts__lt=ScoringChunk.most_attempts).defer("customer_ids")


def _running_runs(run: ScoringRun | None) -> list[ScoringRun]:
    running = ScoringRun.objects.filter(state=RunState.RUNNING).select_related("version")
    if run is not None:
        running = running.filter(pk=run.pk)
    return sorted(running, key=lambda row: (URGENCY[RunKind(row.kind)], row.pk))
