"""Trying the failed parts of a run again, and what is said of how far a run is."""

from datetime import timedelta

import pytest

from analytics.choices import RunKind, RunState
from analytics.models import CustomerScore, ScoringRun
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.resume_run import NothingToResume, resume_run
from analytics.operations.run_progress import run_progress, runs_progress
from analytics.operations.work_chunks import work_chunks
from analytics.tests.histories import populate, rating, score_everybody
from customers.models import Customer, Observation, Team
from customers.operations.observe import observe
from tests.cast import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(seconds=100)


@pytest.fixture
def partial(north: Team, acme: Customer) -> ScoringRun:
    """A run in which Acme, who has a rating of 9 out of 5, failed."""
    populate(north, 6)
    ensure_versions(at=NOW)
    observe(facts=[rating(acme, 4)], at=NOW)
    Observation.objects.filter(customer=acme).update(value=9)
    run = score_everybody()
    assert run.state == RunState.PARTIAL
    return run


def test_what_failed_is_tried_again_once_it_is_mended(partial: ScoringRun, acme: Customer) -> None:
    Observation.objects.filter(customer=acme).update(value=4)
    resumed = resume_run(run=partial, at=LATER)
    assert (resumed.state, resumed.finished_at) == (RunState.RUNNING, None)
    list(work_chunks(run=resumed, clock=lambda: LATER))
    partial.refresh_from_db()
    assert (partial.state, partial.customers, partial.failed) == (RunState.DONE, 7, 0)
    assert CustomerScore.objects.get(pk=acme.pk).run_id == partial.pk
    assert partial.distribution is not None and partial.distribution["count"] == 7


def test_what_is_not_mended_fails_again_and_nobody_loses_a_score(partial: ScoringRun) -> None:
    before = dict(CustomerScore.objects.values_list("pk", "score"))
    resume_run(run=partial, at=LATER)
    list(work_chunks(run=partial, clock=lambda: LATER))
    partial.refresh_from_db()
    assert (partial.state, partial.failed) == (RunState.PARTIAL, 1)
    assert dict(CustomerScore.objects.values_list("pk", "score")) == before


def test_a_newer_score_is_not_overwritten(partial: ScoringRun, acme: Customer) -> None:
    Observation.objects.filter(customer=acme).update(value=4)
    newer = score_everybody(at=LATER)
    resume_run(run=partial, at=LATER)
    list(work_chunks(run=partial, clock=lambda: LATER))
    assert CustomerScore.objects.get(pk=acme.pk).run_id == newer.pk


def test_there_is_nothing_to_resume_where_nothing_failed_or_a_newer_run_took_over(
    partial: ScoringRun, acme: Customer
) -> None:
    Observation.objects.filter(customer=acme).update(value=4)
    done = score_everybody(at=LATER)
    with pytest.raises(NothingToResume):
        resume_run(run=done, at=LATER)
    ScoringRun.objects.filter(pk=partial.pk).update(state=RunState.SKIPPED)
    with pytest.raises(NothingToResume):
        resume_run(run=partial, at=LATER)
    assert partial.chunks.filter(state="failed").count() == 1


def test_progress_counts_customers_parts_and_speed(partial: ScoringRun) -> None:
    ScoringRun.objects.filter(pk=partial.pk).update(finished_at=NOW + timedelta(seconds=3))
    partial.refresh_from_db()
    found = run_progress(run=partial, at=LATER)
    assert (found.planned, found.done, found.failed, found.share) == (7, 6, 1, 100)
    assert (found.seconds, found.rate) == (3.0, 2.0)
    assert found.chunks["failed"] == 1 and found.chunks["todo"] == 0
    assert 0 < found.slowest <= found.work_seconds
    assert not found.is_waiting_long


def test_a_run_that_no_worker_is_at_says_so(north: Team) -> None:
    populate(north, 3)
    ensure_versions(at=NOW)
    run = ensure_run(kind=RunKind.MANUAL, logical_at=NOW, as_of=NOW, at=NOW)
    assert not run_progress(run=run, at=NOW).is_waiting_long
    found = run_progress(run=run, at=LATER)
    assert found.is_waiting_long
    assert (found.share, found.rate, found.seconds_left, found.at_work) == (0, None, None, 0)
    chunk = run.chunks.get()
    assert chunk.lease(timedelta(seconds=30))
    found = run_progress(run=run, at=LATER)
    assert (found.at_work, found.is_waiting_long) == (1, False)


def test_many_runs_take_one_query(north: Team, django_assert_num_queries: object) -> None:
    populate(north, 3)
    runs = [score_everybody(at=NOW + timedelta(seconds=n)) for n in range(4)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = runs_progress(runs=runs, at=LATER)
    assert {found[run.pk].done for run in runs} == {3}
