import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from analytics.choices import RunKind, RunState
from analytics.models import ScoringChunk, ScoringRun
from analytics.operations.claim_chunk import LEASE, claim_chunk
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_versions import ensure_versions
from analytics.sql.customer_ranges import CustomerRange
from customers.choices import LeaseState
from tests.cast import NOW

EXPIRED = NOW - timedelta(days=3650)


def make_run(kind: RunKind = RunKind.MANUAL, *, chunks: int = 3) -> ScoringRun:
    ensure_versions(at=NOW)
    plan = [CustomerRange(n * 10, n * 10 + 9, 10) for n in range(chunks)]
    return ensure_run(kind=kind, logical_at=NOW, as_of=NOW, at=NOW, ranges=plan)


@pytest.mark.django_db
def test_every_chunk_is_claimed_once_and_then_none_is_left() -> None:
    make_run(chunks=20)
    claimed = [claim_chunk() for _ in range(20)]
    assert len({chunk.pk for chunk in claimed if chunk}) == 20
    assert claim_chunk() is None


@pytest.mark.django_db
def test_a_lease_holds_by_the_clock_of_the_database() -> None:
    make_run(chunks=1)
    chunk = claim_chunk()
    assert chunk is not None
    row = ScoringChunk.objects.annotate(now=Now()).get(pk=chunk.pk)
    assert (row.state, row.token, row.attempts) == (LeaseState.LEASED, chunk.token, 1)
    assert row.lease_until is not None
    assert timedelta(0) < row.lease_until - row.now <= LEASE


@pytest.mark.django_db
def test_an_expired_lease_is_taken_over_with_a_new_token_and_a_longer_lease() -> None:
    make_run(chunks=1)
    first = claim_chunk()
    ScoringChunk.objects.update(lease_until=EXPIRED)
    second = claim_chunk()
    assert first is not None
    assert second is not None
    row = ScoringChunk.objects.annotate(now=Now()).get()
    assert row.token == second.token != first.token
    assert row.attempts == 2
    assert row.lease_until is not None
    assert row.lease_until - row.now > LEASE


@pytest.mark.django_db
def test_a_chunk_is_tried_five_times_and_no_more() -> None:
    make_run(chunks=1)
    for _ in range(ScoringChunk.most_attempts):
        assert claim_chunk() is not None
        ScoringChunk.objects.update(lease_until=EXPIRED)
    assert claim_chunk() is None


@pytest.mark.django_db
def test_sweeps_come_before_runs_over_everybody() -> None:
    make_run(RunKind.NIGHTLY)
    make_run(RunKind.MANUAL)
    sweep = make_run(RunKind.SWEEP, chunks=1)
    chunks = [claim_chunk() for _ in range(2)]
    assert [chunk.run.kind for chunk in chunks if chunk] == [RunKind.SWEEP, RunKind.MANUAL]
    assert claim_chunk(run=sweep) is None


@pytest.mark.django_db
def test_a_run_that_was_skipped_is_not_worked_on() -> None:
    run = make_run()
    ScoringRun.objects.filter(pk=run.pk).update(state=RunState.SKIPPED)
    assert claim_chunk() is None


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_once_never_share_a_chunk() -> None:
    make_run(chunks=60)
    claimed: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            while chunk := claim_chunk():
                claimed.append(chunk.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(claimed) == Counter(ScoringChunk.objects.values_list("pk", flat=True))
    assert set(ScoringChunk.objects.values_list("attempts", flat=True)) == {1}
