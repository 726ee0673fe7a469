import pytest

from analytics.choices import RunKind, RunState
from analytics.models import CustomerScore, ScoringRun
from analytics.operations.forget_sweeps import KEPT
from analytics.operations.tick import tick
from analytics.operations.work_chunks import work_chunks
from analytics.tests.histories import DAY, HOUR, rating
from customers.choices import ImportState
from customers.models import Customer, ImportBatch
from customers.operations.observe import observe
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_a_system_without_a_fact_does_nothing(acme: Customer) -> None:
    assert tick(at=NOW) == 0
    assert not ScoringRun.objects.exists()


def test_the_first_version_waits_for_the_end_of_an_import(acme: Customer) -> None:
    observe(facts=[rating(acme, 4)], at=NOW)
    batch = ImportBatch.objects.create(format="olist", path="olist", started_at=NOW)
    assert tick(at=NOW) == 0
    batch.state = ImportState.DONE
    batch.save()
    assert tick(at=NOW) == 1


def test_the_first_tick_makes_the_nightly_run_and_no_sweep(acme: Customer) -> None:
    observe(facts=[rating(acme, 4)], at=NOW)
    assert tick(at=NOW) == 1
    assert tick(at=NOW) == 1
    assert list(ScoringRun.objects.values_list("kind", flat=True)) == [RunKind.NIGHTLY]


def test_a_new_rating_shows_after_the_next_tick(acme: Customer) -> None:
    observe(facts=[rating(acme, 4)], at=NOW)
    tick(at=NOW)
    list(work_chunks(clock=lambda: NOW))
    before = CustomerScore.objects.get().score
    assert tick(at=NOW + HOUR) == 0
    observe(facts=[rating(acme, 1, subject=2, at=NOW + HOUR)], at=NOW + HOUR)
    assert tick(at=NOW + HOUR) == 1
    list(work_chunks(clock=lambda: NOW + HOUR))
    assert CustomerScore.objects.get().score < before
    assert tick(at=NOW + HOUR) == 0


def test_it_closes_a_run_whose_last_worker_died_before_closing_it(acme: Customer) -> None:
    observe(facts=[rating(acme, 4)], at=NOW)
    tick(at=NOW)
    list(work_chunks(clock=lambda: NOW))
    ScoringRun.objects.update(state=RunState.RUNNING, finished_at=None)
    tick(at=NOW)
    assert ScoringRun.objects.get().state == RunState.DONE


def test_old_sweeps_are_forgotten_and_nightly_runs_kept(acme: Customer) -> None:
    observe(facts=[rating(acme, 4)], at=NOW)
    tick(at=NOW)
    list(work_chunks(clock=lambda: NOW))
    observe(facts=[rating(acme, 1, subject=2, at=NOW)], at=NOW + HOUR)
    tick(at=NOW + HOUR)
    list(work_chunks(clock=lambda: NOW + HOUR))
    tick(at=NOW + KEPT)
    assert ScoringRun.objects.filter(kind=RunKind.SWEEP, logical_at=NOW + HOUR).exists()
    tick(at=NOW + KEPT + 2 * DAY)
    assert not ScoringRun.objects.filter(logical_at=NOW + HOUR).exists()
    assert ScoringRun.objects.filter(kind=RunKind.NIGHTLY, state=RunState.DONE).exists()
    assert not ScoringRun.objects.filter(pk=CustomerScore.objects.get().run_id or 0).exists()  # the score stays
