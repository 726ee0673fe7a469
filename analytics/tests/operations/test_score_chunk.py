import math
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.choices import RunKind
from analytics.models import FACTORS, CustomerScore, PreferenceProfile, ScoreModelVersion, ScoreSnapshot, ScoringChunk
from analytics.operations.claim_chunk import claim_chunk
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_sweep import ensure_sweep
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.read_facts import read_facts
from analytics.operations.score_chunk import score_chunk
from analytics.scoring import satisfaction
from analytics.scoring.parameters import ScoreParameters
from analytics.sql.whose import Whose
from analytics.tests.histories import (
    DAY,
    HOUR,
    exclude,
    populate,
    price,
    promises,
    rating,
    score_everybody,
    scores,
    waiting,
)
from customers.choices import LeaseState
from customers.models import Customer, Team
from customers.operations.observe import observe
from services.models import Queue, Ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db

# A chunk reads versions, facts, calendars, snapshots, purchases, views and signals, and writes three tables behind a
# fence (PostgreSQL by four statements each).
MOST_QUERIES = 31


def claimed(*, at: datetime = NOW, kind: RunKind = RunKind.MANUAL) -> ScoringChunk:
    ensure_versions(at=at)
    chunk = claim_chunk(run=ensure_run(kind=kind, logical_at=at, as_of=at, at=at))
    assert chunk is not None
    return chunk


def numbers() -> list[dict[str, object]]:
    """All that is stored of all scores, but for the run."""
    columns = [field.attname for field in CustomerScore._meta.concrete_fields if field.name != "run"]
    return list(CustomerScore.objects.order_by("pk").values(*columns))


def test_every_score_equals_the_pure_function(north: Team) -> None:
    people = populate(north, 60)
    score_everybody()
    version = ScoreModelVersion.objects.get()
    parameters = ScoreParameters.from_dict(version.parameters)
    assert CustomerScore.objects.count() == len(people)
    for row in CustomerScore.objects.all():
        facts = read_facts(whose=Whose.these([row.pk]), as_of=NOW).facts()
        pure = satisfaction.score(facts, parameters, NOW)
        assert row.score == pytest.approx(pure.score, abs=1e-9)
        assert row.raw == pytest.approx(pure.raw, abs=1e-9)
        assert row.low_evidence == pure.low_evidence
        for name, factor in zip(FACTORS, pure.factors, strict=True):
            assert getattr(row, name) == pytest.approx(factor.value, abs=1e-9)
            assert getattr(row, f"{name}_n") == pytest.approx(factor.n_eff, abs=1e-9)
            assert getattr(row, f"{name}_contribution") == pytest.approx(factor.contribution, abs=1e-9)
            assert getattr(row, f"{name}_points") == pytest.approx(factor.points, abs=1e-9)


def test_who_has_no_facts_has_exactly_fifty_and_low_evidence(acme: Customer) -> None:
    score_everybody()
    row = CustomerScore.objects.get()
    assert (row.score, row.low_evidence, row.activity_version) == (50.0, True, 1)
    assert PreferenceProfile.objects.get().categories == []


def test_running_twice_gives_the_same_numbers(north: Team) -> None:
    populate(north, 30)
    score_everybody()
    first = numbers()
    score_everybody(kind=RunKind.NIGHTLY)
    assert numbers() == first
    assert ScoreSnapshot.objects.count() == len(first)


def test_the_activity_version_that_was_read_is_stored(acme: Customer) -> None:
    observe(facts=[rating(acme, 5)], at=NOW)
    score_everybody()
    assert CustomerScore.objects.get().activity_version == 2


def test_an_exclusion_for_good_counts_for_nothing(acme: Customer, wang: Customer) -> None:
    (row,) = observe(facts=[rating(acme, 1)], at=NOW)
    exclude(row, at=NOW)
    score_everybody()
    assert scores()[acme.pk] == 50.0


def test_an_exclusion_ends_by_itself(acme: Customer) -> None:
    (row,) = observe(facts=[rating(acme, 1)], at=NOW)
    exclude(row, at=NOW, until=NOW + 2 * HOUR)
    score_everybody()
    stored = CustomerScore.objects.get()
    assert (stored.score, stored.refresh_at) == (50.0, NOW + 2 * HOUR)
    score_everybody(at=NOW + 2 * HOUR)
    assert scores()[acme.pk] < 50.0


def test_a_waiting_message_counts_once_it_is_overdue(acme: Customer, queue: Queue) -> None:
    ticket = Ticket.objects.create(number="1", subject="?", customer=acme, queue=queue, team=queue.team)
    due = NOW + HOUR  # NOW is 10:00 on a Wednesday, in office hours
    observe(facts=[waiting(acme, at=NOW, due_at=due, target=3600, ticket=ticket.pk)], at=NOW)
    score_everybody(at=due)
    stored = CustomerScore.objects.get()
    assert stored.score == 50.0
    assert stored.refresh_at == due + timedelta(microseconds=1)
    score_everybody(at=due + HOUR)
    # two hours of business time against a target of one: x is a quarter, at full weight
    mine = CustomerScore.objects.get()
    assert mine.responsiveness_n == 1.0
    assert mine.responsiveness == pytest.approx((5 * 0.5 + 0.25) / 6)


def test_business_time_stands_still_over_night(acme: Customer, queue: Queue) -> None:
    ticket = Ticket.objects.create(number="1", subject="?", customer=acme, queue=queue, team=queue.team)
    observe(facts=[waiting(acme, at=NOW, due_at=NOW + HOUR, target=3600, ticket=ticket.pk)], at=NOW)
    evening = NOW.replace(hour=18)
    score_everybody(at=evening)
    in_the_evening = scores()[acme.pk]
    score_everybody(at=evening + 12 * HOUR)
    assert scores()[acme.pk] == in_the_evening


def test_a_fact_still_to_come_makes_the_score_due_then(acme: Customer) -> None:
    observe(facts=[rating(acme, 5, at=NOW + HOUR)], at=NOW)
    score_everybody()
    row = CustomerScore.objects.get()
    assert (row.score, row.refresh_at) == (50.0, NOW + HOUR)


def test_an_impossible_fact_is_refused_by_name(acme: Customer) -> None:
    observe(facts=[rating(acme, 7)], at=NOW)
    with pytest.raises(ValueError, match="value of csat out of range"):
        score_chunk(chunk=claimed(), at=NOW)


def test_a_worker_whose_lease_went_to_another_discards(acme: Customer) -> None:
    late = claimed()
    ScoringChunk.objects.update(lease_until=NOW - 400 * DAY)
    in_time = claim_chunk()
    assert in_time is not None
    assert in_time.token != late.token
    observe(facts=[rating(acme, 5)], at=NOW - DAY)
    assert score_chunk(chunk=in_time, at=NOW) == 1
    stands = CustomerScore.objects.values().get()
    observe(facts=[rating(acme, 1, subject=2)], at=NOW - DAY)
    assert score_chunk(chunk=late, at=NOW + HOUR) is None
    assert CustomerScore.objects.values().get() == stands
    assert ScoreSnapshot.objects.count() == 1


def test_a_worker_killed_between_computing_and_publishing_leaves_no_trace(acme: Customer) -> None:
    claimed()  # and nothing after: as if killed
    assert not CustomerScore.objects.exists()
    assert claim_chunk() is None
    ScoringChunk.objects.update(lease_until=NOW - 400 * DAY)  # the lease ends
    chunk = claim_chunk()
    assert chunk is not None
    assert score_chunk(chunk=chunk, at=NOW) == 1
    assert ScoringChunk.objects.get().state == LeaseState.DONE
    assert scores() == {acme.pk: 50.0}


def test_an_older_date_never_overwrites_a_newer_one(acme: Customer) -> None:
    observe(facts=[rating(acme, 5, at=NOW - 2 * DAY)], at=NOW)
    score_everybody(at=NOW)
    newer = CustomerScore.objects.values().get()
    score_everybody(at=NOW + HOUR, kind=RunKind.NIGHTLY, as_of=NOW - DAY)
    assert CustomerScore.objects.values().get() == newer


def test_a_replay_writes_history_only(acme: Customer) -> None:
    observe(facts=[rating(acme, 5, at=NOW - 50 * DAY)], at=NOW - 50 * DAY)
    score_everybody(kind=RunKind.REPLAY, as_of=NOW - 10 * DAY)
    assert not CustomerScore.objects.exists()
    assert ScoreSnapshot.objects.get().as_of == NOW - 10 * DAY


def test_a_snapshot_is_kept_when_the_score_moved_noticeably(acme: Customer) -> None:
    score_everybody(at=NOW - 20 * DAY)
    score_everybody(at=NOW - 10 * DAY)  # nothing happened
    assert ScoreSnapshot.objects.count() == 1
    observe(facts=[rating(acme, 1)], at=NOW - DAY)
    score_everybody(at=NOW)
    assert ScoreSnapshot.objects.count() == 2


def test_a_snapshot_is_kept_after_thirty_days(acme: Customer) -> None:
    for day in (31, 20, 1, 0):
        score_everybody(at=NOW - day * DAY)
    assert list(ScoreSnapshot.objects.values_list("as_of", flat=True)) == [NOW - DAY, NOW - 31 * DAY]


def test_the_change_is_against_thirty_days_before_and_names_its_factor(acme: Customer) -> None:
    observe(facts=[promises(acme, 1, 1, at=NOW - 60 * DAY)], at=NOW - 60 * DAY)
    score_everybody(at=NOW - 40 * DAY)
    before = scores()[acme.pk]
    observe(facts=[rating(acme, 1), price(acme, 10, 10)], at=NOW - DAY)
    score_everybody(at=NOW)
    row = CustomerScore.objects.get()
    assert row.change == pytest.approx(row.score - before, abs=1e-12)
    assert row.score < before
    assert row.change_factor == 1  # quality


def test_without_an_old_snapshot_there_is_no_change(acme: Customer) -> None:
    score_everybody(at=NOW - 29 * DAY)
    score_everybody(at=NOW)
    row = CustomerScore.objects.get()
    assert (row.change, row.change_factor) == (None, None)


def test_the_number_of_queries_does_not_depend_on_the_customers(north: Team, queue: Queue) -> None:
    counts = []
    for customers in (3, 40):
        everybody = [*Customer.objects.all(), *populate(north, customers)]
        for customer in everybody:
            number = f"{customer.pk}-{customers}"
            ticket = Ticket.objects.create(number=number, subject="?", customer=customer, queue=queue, team=north)
            late = waiting(customer, at=NOW - 3 * DAY, due_at=NOW - 2 * DAY, target=60, ticket=ticket.pk)
            observe(facts=[late], at=NOW)
        chunk = claimed(at=NOW + customers * HOUR)
        with CaptureQueriesContext(connection) as queries:
            assert score_chunk(chunk=chunk, at=NOW) == len(everybody)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_a_sweep_writes_nothing_over_who_was_scored_meanwhile(acme: Customer) -> None:
    score_everybody()
    observe(facts=[rating(acme, 5)], at=NOW)
    sweep = ensure_sweep(at=NOW + HOUR)
    chunk = claim_chunk(run=sweep)
    assert chunk is not None
    observe(facts=[rating(acme, 1, at=NOW + HOUR, subject=2)], at=NOW + HOUR)
    score_everybody(at=NOW + 2 * HOUR)
    stands = numbers()
    assert score_chunk(chunk=chunk, at=NOW + 3 * HOUR) == 1
    assert numbers() == stands


def test_a_sweep_leaves_out_who_objected_meanwhile(acme: Customer, wang: Customer) -> None:
    score_everybody()
    observe(facts=[rating(acme, 5), rating(wang, 5, subject=2)], at=NOW)
    chunk = claim_chunk(run=ensure_sweep(at=NOW + HOUR))
    assert chunk is not None
    assert chunk.customer_ids == [acme.pk, wang.pk]
    Customer.objects.filter(pk=wang.pk).update(profiling_objected_at=NOW)
    CustomerScore.objects.filter(pk=wang.pk).delete()
    assert score_chunk(chunk=chunk, at=NOW + HOUR) == 1
    assert set(scores()) == {acme.pk}


def test_scores_stay_within_their_bounds_whatever_happened(acme: Customer) -> None:
    facts = [rating(acme, 1, subject=n) for n in range(300)] + [price(acme, 1e9, 0.01, subject=n) for n in range(300)]
    observe(facts=facts, at=NOW)
    score_everybody()
    score = scores()[acme.pk]
    assert 0 <= score < 50
    assert math.isfinite(score)
