import pytest

from analytics.choices import RunKind, RunState
from analytics.models import CustomerScore, ScoringChunk, ScoringRun
from analytics.operations import ensure_run as plan
from analytics.operations import work_chunks as module
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_sweep import ensure_sweep
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.work_chunks import work_chunks
from analytics.tests.histories import HOUR, populate, rating, score_everybody
from customers.choices import LeaseState
from customers.models import Team
from customers.operations.observe import observe
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def make_run(kind: RunKind = RunKind.MANUAL) -> ScoringRun:
    ensure_versions(at=NOW)
    return ensure_run(kind=kind, logical_at=NOW, as_of=NOW, at=NOW)


def test_it_works_until_nothing_is_left_and_closes_the_run(north: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "CHUNK_CUSTOMERS", 8)
    populate(north, 30)
    run = make_run()
    assert sum(customers for _, customers in work_chunks(clock=lambda: NOW)) == 30
    run.refresh_from_db()
    assert (run.state, run.customers) == (RunState.DONE, 30)
    assert CustomerScore.objects.count() == 30


def test_the_chunks_make_no_difference_to_the_numbers(north: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    populate(north, 30)
    make_run()
    list(work_chunks(clock=lambda: NOW))
    whole = dict(CustomerScore.objects.values_list("pk", "score"))
    monkeypatch.setattr(plan, "CHUNK_CUSTOMERS", 1)
    make_run(RunKind.NIGHTLY)
    list(work_chunks(clock=lambda: NOW))
    assert dict(CustomerScore.objects.values_list("pk", "score")) == whole


def test_an_impossible_fact_costs_its_own_customer_only(north: Team) -> None:
    people = populate(north, 21)
    observe(facts=[rating(people[13], 9, subject=10**9)], at=NOW)
    run = make_run()
    list(work_chunks(clock=lambda: NOW))
    run.refresh_from_db()
    assert (run.state, run.customers, run.failed) == (RunState.PARTIAL, 20, 1)
    assert set(CustomerScore.objects.values_list("pk", flat=True)) == {c.pk for c in people} - {people[13].pk}
    failed = ScoringChunk.objects.get(state=LeaseState.FAILED)
    assert failed.lo == failed.hi == people[13].pk
    assert "value of csat out of range" in failed.error


def test_in_a_sweep_as_well_it_costs_its_own_customer_only(north: Team) -> None:
    people = populate(north, 21)
    score_everybody(at=NOW - HOUR)
    observe(facts=[rating(person, 5, subject=10**8 + n) for n, person in enumerate(people[::2])], at=NOW)
    observe(facts=[rating(people[12], 9, subject=10**9)], at=NOW)
    run = ensure_sweep(at=NOW)
    list(work_chunks(clock=lambda: NOW))
    assert run is not None
    run.refresh_from_db()
    assert (run.state, run.customers, run.failed) == (RunState.PARTIAL, 10, 1)
    failed = ScoringChunk.objects.get(state=LeaseState.FAILED)
    assert (failed.lo, failed.hi, failed.customer_ids) == (people[12].pk, people[12].pk, [people[12].pk])
    swept = set(CustomerScore.objects.filter(run=run).values_list("pk", flat=True))
    assert swept == {person.pk for person in people[::2]} - {people[12].pk}


def test_a_fault_in_the_program_is_raised_and_tried_again(north: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    populate(north, 3)
    run = make_run()

    def broken(**_: object) -> int:
        raise KeyError("secret")

    monkeypatch.setattr(module, "score_chunk", broken)
    for _ in range(ScoringChunk.most_attempts):
        with pytest.raises(KeyError):
            list(work_chunks(clock=lambda: NOW))
    assert list(work_chunks(clock=lambda: NOW, run=run)) == []
    run.refresh_from_db()
    assert (run.state, run.failed) == (RunState.PARTIAL, 3)
    assert ScoringChunk.objects.get().error == "KeyError"  # its text might hold personal data


def test_nothing_to_do_is_no_work(north: Team) -> None:
    assert list(work_chunks(clock=lambda: NOW)) == []
