from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.choices import RunKind, RunState
from analytics.models import CustomerScore, ScoringRun
from analytics.operations.ensure_sweep import ensure_sweep
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.work_chunks import work_chunks
from analytics.tests.histories import DAY, HOUR, populate, rating, score_everybody
from customers.models import Customer, Team
from customers.operations.observe import observe
from tests.cast import NOW

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def swept(at: datetime) -> set[int]:
    """The customers that a sweep at this moment scores."""
    run = ensure_sweep(at=at)
    if run is None:
        return set()
    list(work_chunks(run=run, clock=lambda: at))
    run.refresh_from_db()
    assert run.state == RunState.DONE
    found = set(CustomerScore.objects.filter(run=run).values_list("pk", flat=True))
    assert run.customers == len(found)
    return found


def test_it_picks_exactly_the_changed(north: Team) -> None:
    people = populate(north, 40)
    score_everybody()
    assert swept(NOW) == set()
    observe(facts=[rating(people[3], 1, at=NOW), rating(people[31], 5, at=NOW)], at=NOW + MINUTE)
    assert swept(NOW + 2 * MINUTE) == {people[3].pk, people[31].pk}
    assert swept(NOW + 3 * MINUTE) == set()


def test_it_picks_the_never_scored(north: Team, acme: Customer) -> None:
    score_everybody()
    new = Customer.objects.create(name="new", team=north, last_activity_at=NOW + MINUTE)
    assert swept(NOW + 2 * MINUTE) == {new.pk}


def test_it_picks_those_whose_time_has_come(acme: Customer, wang: Customer) -> None:
    observe(facts=[rating(acme, 5, at=NOW + HOUR)], at=NOW)
    score_everybody()
    assert swept(NOW + HOUR - MINUTE) == set()
    assert swept(NOW + HOUR) == {acme.pk}


def test_a_score_grows_old_in_a_day_and_a_half(acme: Customer) -> None:
    score_everybody()
    assert swept(NOW + 36 * HOUR) == {acme.pk}


def test_a_fact_recorded_while_the_run_goes_on_is_for_the_next_sweep(acme: Customer) -> None:
    """The verb commits after the run was made and before its chunk is read: its version is read, its fact is later
    than the run's date."""
    score_everybody(at=NOW - DAY)
    observe(facts=[rating(acme, 3)], at=NOW)
    run = ensure_sweep(at=NOW)
    assert run is not None
    observe(facts=[rating(acme, 1, subject=2, at=NOW + MINUTE)], at=NOW + MINUTE)
    list(work_chunks(run=run, clock=lambda: NOW + MINUTE))
    before = CustomerScore.objects.get()
    acme.refresh_from_db()
    assert before.activity_version == acme.activity_version
    assert swept(NOW + 2 * MINUTE) == {acme.pk}
    assert CustomerScore.objects.get().score < before.score


def test_what_a_slow_transaction_commits_late_is_found(acme: Customer, wang: Customer) -> None:
    score_everybody()
    observe(facts=[rating(wang, 5, at=NOW)], at=NOW + 30 * MINUTE)
    assert swept(NOW + 31 * MINUTE) == {wang.pk}
    # began before that sweep, committed after it
    observe(facts=[rating(acme, 1, at=NOW)], at=NOW + MINUTE)
    assert swept(NOW + 32 * MINUTE) == {acme.pk}


def test_one_sweep_at_a_time(acme: Customer, wang: Customer) -> None:
    score_everybody()
    observe(facts=[rating(acme, 1, at=NOW)], at=NOW)
    first = ensure_sweep(at=NOW + MINUTE)
    observe(facts=[rating(wang, 1, at=NOW)], at=NOW)
    assert ensure_sweep(at=NOW + 2 * MINUTE) == first


def test_before_the_first_run_is_done_it_does_the_sweeping(acme: Customer) -> None:
    ensure_versions(at=NOW)
    ScoringRun.objects.create(
        kind=RunKind.NIGHTLY, logical_at=NOW, as_of=NOW, started_at=NOW, version=ensure_versions(at=NOW)[0]
    )
    assert ensure_sweep(at=NOW) is None
    ScoringRun.objects.update(state=RunState.DONE)
    assert ensure_sweep(at=NOW) is not None


def test_a_partial_run_hides_nobody(acme: Customer) -> None:
    """Its date is no proof that everybody was looked at."""
    version, _ = ensure_versions(at=NOW)
    late = {"as_of": NOW + DAY, "started_at": NOW + DAY, "version": version, "state": RunState.PARTIAL}
    ScoringRun.objects.create(kind=RunKind.NIGHTLY, logical_at=NOW + DAY, **late)
    Customer.objects.update(last_activity_at=NOW - DAY)
    assert swept(NOW + 2 * DAY) == {acme.pk}


def test_the_queries_do_not_follow_the_number_of_customers(north: Team) -> None:
    counts = []
    for size in (2, 60):
        people = populate(north, size, seed=size)
        score_everybody(at=NOW + size * HOUR)
        observe(facts=[rating(person, 2, at=NOW) for person in people], at=NOW + size * HOUR)
        with CaptureQueriesContext(connection) as queries:
            assert ensure_sweep(at=NOW + size * HOUR + MINUTE) is not None
        ScoringRun.objects.update(state=RunState.DONE)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16
