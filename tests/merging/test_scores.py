"""What a merge does to scores: the kept one's facts are those of both, and every score of before replays exactly."""

import pytest

from analytics.models import CustomerScore, PreferenceProfile, ScoreSnapshot
from analytics.operations.explain_score import explain_score
from analytics.sql.customer_ranges import customer_ranges
from analytics.sql.stale_customers import stale_customers
from analytics.tests.histories import DAY, HOUR, exclude, promises, rating, score_everybody
from customers.models import Customer, Observation, Team, User
from customers.operations.merge_customers import merge_customers
from customers.operations.observe import observe
from customers.operations.undo_merge import undo_merge
from services.models import Queue
from tests.cast import NOW
from tests.merging.conftest import Pair
from tests.merging.lives import Lives

pytestmark = pytest.mark.django_db

SEEDS = range(6)


def replays(customer: Customer) -> list[tuple[float, float | None]]:
    """Each stored score of the customer, and the same from what was on record then."""
    found = []
    for snapshot in ScoreSnapshot.objects.filter(customer=customer).order_by("as_of"):
        explanation = explain_score(customer=customer, as_of=snapshot.as_of, at=NOW + 9 * DAY)
        assert explanation.stored == snapshot.score
        found.append((snapshot.score, explanation.replayed))
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_of_before_replay_exactly(seed: int, firms: Pair, north: Team, queue: Queue, ann: User) -> None:
    Lives(seed, pair=firms, team=north, queue=queue, agent=ann).live()
    kept, gone = firms
    score_everybody(at=NOW - 40 * DAY, as_of=NOW - 40 * DAY)
    score_everybody()
    merge = merge_customers(kept=kept, gone=gone, by=ann, at=NOW + HOUR)
    score_everybody(at=NOW + DAY)
    undo_merge(merge=merge, by=ann, at=NOW + 2 * DAY)
    score_everybody(at=NOW + 3 * DAY)
    for customer in firms:
        customer.refresh_from_db()
        found = replays(customer)
        assert len(found) >= 2
        assert all(stored == replayed for stored, replayed in found)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_score_is_that_of_both_histories(seed: int, firms: Pair, north: Team, queue: Queue, ann: User) -> None:
    """The same number as if every ticket, order and rating had been the kept one's from the first."""
    Lives(seed, pair=firms, team=north, queue=queue, agent=ann).live()
    kept, gone = firms
    subjects = Observation.objects.filter(customer__in=firms, superseded_version=None)
    expected = set(subjects.values_list("factor", "subject_type", "subject_id"))
    merge_customers(kept=kept, gone=gone, by=ann, at=NOW + HOUR)
    standing = Observation.objects.filter(customer=kept, superseded_version=None)
    found = list(standing.values_list("factor", "subject_type", "subject_id"))
    assert set(found) == expected
    assert len(found) == len(expected)  # what both had counts once


def test_the_next_sweep_scores_the_kept_one_alone(firms: Pair, ann: User) -> None:
    kept, gone = firms
    observe(facts=[rating(kept, 5), rating(gone, 1, subject=2), promises(gone, 0, 1)], at=NOW - DAY)
    score_everybody()
    assert CustomerScore.objects.count() == PreferenceProfile.objects.count() == 2
    merge = merge_customers(kept=kept, gone=gone, by=ann, at=NOW + HOUR)
    assert list(CustomerScore.objects.values_list("pk", flat=True)) == [kept.pk]
    assert list(PreferenceProfile.objects.values_list("pk", flat=True)) == [kept.pk]
    assert stale_customers(as_of=NOW + HOUR, since=None) == [kept.pk]
    run = score_everybody(at=NOW + 2 * HOUR)
    assert run.customers == 1
    assert run.distribution is not None and run.distribution["count"] == 1
    undo_merge(merge=merge, by=ann, at=NOW + 3 * HOUR)
    assert stale_customers(as_of=NOW + 3 * HOUR, since=None) == [kept.pk, gone.pk]


def test_a_run_over_everybody_passes_over_whoever_was_merged(firms: Pair, north: Team, ann: User) -> None:
    kept, gone = firms
    last = Customer.objects.create(name="Last", team=north, created_at=NOW - DAY)
    merge_customers(kept=kept, gone=gone, by=ann, at=NOW)
    assert customer_ranges(size=1) == [(kept.pk, last.pk - 1, 1, None), (last.pk, last.pk, 1, None)]
    run = score_everybody(at=NOW + HOUR)
    assert run.customers == 2
    assert set(CustomerScore.objects.values_list("pk", flat=True)) == {kept.pk, last.pk}
    assert not ScoreSnapshot.objects.filter(customer=gone).exists()


def test_a_score_that_was_published_too_late_is_swept_away(firms: Pair, ann: User) -> None:
    """A worker that had read the one before the merge may write its score after it."""
    kept, gone = firms
    observe(facts=[rating(kept, 5), rating(gone, 1, subject=2)], at=NOW - DAY)
    score_everybody()
    late = CustomerScore.objects.get(pk=gone.pk)
    merge_customers(kept=kept, gone=gone, by=ann, at=NOW + HOUR)
    late.save(force_insert=True)
    assert stale_customers(as_of=NOW + 90 * DAY, since=None) == [kept.pk]
    run = score_everybody(at=NOW + 2 * HOUR)
    assert run.distribution is not None and run.distribution["count"] == 1
    assert list(CustomerScore.objects.values_list("pk", flat=True)) == [kept.pk]


def test_what_was_left_out_stays_out(firms: Pair, ann: User) -> None:
    kept, gone = firms
    (bad,) = observe(facts=[rating(gone, 1, subject=7)], at=NOW - DAY)
    exclude(bad, at=NOW - HOUR, until=NOW + DAY, reason="spam")
    merge = merge_customers(kept=kept, gone=gone, by=ann, at=NOW)
    for owner in (kept, gone):
        row = Observation.objects.get(customer=owner, superseded_version=None)
        assert (row.is_exclusion, row.reason, row.excluded_until) == (True, "spam", NOW + DAY)
        if owner == kept:
            undo_merge(merge=merge, by=ann, at=NOW + HOUR)


def test_a_fact_about_the_same_subject_counts_once_and_comes_back_twice(firms: Pair, ann: User) -> None:
    kept, gone = firms
    observe(facts=[rating(kept, 4, subject=7), rating(gone, 4, subject=7), rating(gone, 1, subject=8)], at=NOW - DAY)
    merge = merge_customers(kept=kept, gone=gone, by=ann, at=NOW)
    standing = Observation.objects.filter(superseded_version=None).order_by("customer", "subject_id")
    assert list(standing.values_list("customer", "subject_id")) == [(kept.pk, 7), (kept.pk, 8)]
    assert merge.facts["count"] == 1
    undo_merge(merge=merge, by=ann, at=NOW + HOUR)
    assert list(standing.values_list("customer", "subject_id")) == [(kept.pk, 7), (gone.pk, 7), (gone.pk, 8)]
