import pytest

from analytics.choices import RunKind, RunState
from analytics.models import ScoringChunk, ScoringRun
from analytics.operations.claim_chunk import claim_chunk
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.finish_run import finish_run
from analytics.operations.score_distribution import score_distribution
from analytics.tests.histories import DAY, HOUR, populate, score_everybody
from customers.choices import LeaseState
from customers.models import Customer, Team
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def make_run() -> ScoringRun:
    ensure_versions(at=NOW)
    return ensure_run(kind=RunKind.MANUAL, logical_at=NOW, as_of=NOW, at=NOW)


def test_it_leaves_a_run_with_work_alone(acme: Customer) -> None:
    run = make_run()
    assert finish_run(run=run, at=NOW).state == RunState.RUNNING
    claim_chunk()
    assert finish_run(run=run, at=NOW).state == RunState.RUNNING


def test_a_run_over_nobody_is_done_at_once() -> None:
    run = finish_run(run=make_run(), at=NOW)
    assert (run.state, run.customers, run.failed) == (RunState.DONE, 0, 0)


def test_it_closes_a_complete_run_with_its_distribution(north: Team) -> None:
    populate(north, 25)
    run = score_everybody(at=NOW + HOUR)
    assert (run.state, run.customers, run.failed) == (RunState.DONE, 25, 0)
    assert run.finished_at == NOW + HOUR
    assert run.distribution is not None
    assert run.distribution["count"] == sum(run.distribution["histogram"]) == 25
    assert len(run.distribution["quantiles"]) == 101
    assert run.distribution["quantiles"] == sorted(run.distribution["quantiles"])


def test_a_chunk_that_failed_five_times_makes_the_run_partial(acme: Customer) -> None:
    run = make_run()
    ScoringChunk.objects.update(
        state=LeaseState.LEASED, attempts=ScoringChunk.most_attempts, lease_until=NOW - 3650 * DAY
    )
    run = finish_run(run=run, at=NOW)
    assert (run.state, run.customers, run.failed) == (RunState.PARTIAL, 0, 1)
    assert ScoringChunk.objects.get().state == LeaseState.FAILED


def test_the_last_attempt_may_finish_its_lease(acme: Customer) -> None:
    run = make_run()
    ScoringChunk.objects.update(state=LeaseState.TODO, attempts=ScoringChunk.most_attempts - 1)
    assert claim_chunk() is not None
    assert finish_run(run=run, at=NOW).state == RunState.RUNNING


def test_a_closed_run_stays_as_it_was_closed(acme: Customer) -> None:
    run = score_everybody(at=NOW)
    assert finish_run(run=run, at=NOW + DAY).finished_at == NOW


def test_a_skipped_run_is_not_closed(acme: Customer) -> None:
    run = make_run()
    ScoringRun.objects.update(state=RunState.SKIPPED)
    ScoringChunk.objects.update(state=LeaseState.DONE)
    assert finish_run(run=run, at=NOW).state == RunState.SKIPPED
    assert score_distribution() is None
