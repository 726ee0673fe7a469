import time
from datetime import datetime

from django.db import transaction

from analytics.choices import RunKind
from analytics.models import CustomerScore, PreferenceProfile, ScoreSnapshot, ScoringChunk
from analytics.operations.compute_preferences import compute_preferences
from analytics.operations.compute_scores import ComputedScores, compute_scores
from analytics.operations.emit_score_changes import emit_score_changes
from analytics.operations.read_facts import read_facts
from analytics.sql.upsert import Columns, upsert
from analytics.sql.whose import Whose
from customers.choices import LeaseState


def score_chunk(*, chunk: ScoringChunk, at: datetime) -> int | None:
    """Score the customers of a chunk that this worker has leased, and publish. Returns how many they are; None where
    the lease was lost meanwhile: another worker has the chunk, and nothing was written.

    Raises ValueError for a fact with an impossible value; see give_back_chunk."""
    started = time.perf_counter()
    sheet = read_facts(whose=_whose(chunk), as_of=chunk.run.as_of, profiled=True)
    computed = compute_scores(sheet=sheet, run=chunk.run, at=at)
    if chunk.run.kind == RunKind.REPLAY:  # history only
        return _publish(chunk, computed, None, started, at)
    return _publish(chunk, computed, compute_preferences(sheet=sheet, run=chunk.run, at=at), started, at)


def _whose(chunk: ScoringChunk) -> Whose:
    if chunk.run.kind != RunKind.SWEEP:
        return Whose(chunk.lo, chunk.hi)
    return Whose.these(chunk.customer_ids or [])


@transaction.atomic
def _publish(
    chunk: ScoringChunk, computed: ComputedScores, profiles: Columns | None, started: float, at: datetime
) -> int | None:
    """Fence first: whoever still holds the token writes, in the same transaction; whoever came late discards."""
    seconds = time.perf_counter() - started
    if not chunk.mine().update(state=LeaseState.DONE, customers=computed.count, seconds=seconds, error=""):
        return None
    if profiles is not None:
        upsert(CustomerScore, computed.scores, key=["customer_id"], newest="as_of")
        upsert(PreferenceProfile, profiles, key=["customer_id"], newest="as_of")
    upsert(ScoreSnapshot, computed.snapshots, key=["customer_id", "as_of"])
    if chunk.run.kind != RunKind.REPLAY:
        emit_score_changes(snapshots=dict(computed.snapshots), moved=computed.moved, at=at)
    return computed.count
