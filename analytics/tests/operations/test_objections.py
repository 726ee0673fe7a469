"""Whoever objected to profiling, is restricted or was erased is scored by nobody: no run, no sweep, no preview, no
mover, no digest, no effect of relations, no validation (GDPR art. 18 and 21, PIPL art. 24 and 44)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from analytics.choices import RunKind
from analytics.models import (
    ContactRisk,
    CustomerScore,
    MoverDigest,
    PreferenceProfile,
    RelationEffect,
    ScoreSnapshot,
    ScoringChunk,
)
from analytics.operations import score_chunk as module
from analytics.operations.compute_scores import compute_scores
from analytics.operations.digest_lines import digest_lines
from analytics.operations.ensure_run import ensure_run
from analytics.operations.ensure_sweep import ensure_sweep
from analytics.operations.ensure_versions import ensure_versions
from analytics.operations.explain_score import NotProfiled, explain_score
from analytics.operations.find_single_contacts import find_single_contacts
from analytics.operations.movers import movers
from analytics.operations.readable_facts import readable_facts
from analytics.operations.refresh_relation_effects import refresh_relation_effects
from analytics.operations.work_chunks import work_chunks
from analytics.operations.write_digests import write_digests
from analytics.sql.customer_ranges import customer_ranges
from analytics.sql.ledger_rows import rated_customers
from analytics.sql.profiled import COLUMNS, is_profiled, unprofiled_among
from analytics.sql.stale_customers import stale_customers
from analytics.tests.histories import DAY, HOUR, populate, rating, score_everybody
from customers.choices import PrivacyFlagKind
from customers.models import Customer, Team, User
from customers.models.customer import PRIVACY
from customers.operations.observe import observe
from customers.operations.set_privacy_flag import set_privacy_flag
from customers.tests.operations.relations import firms, persons, relate
from services.models import Queue
from services.operations.open_ticket import open_ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def flag(customer: Customer, kind: str = "profiling", *, is_set: bool = True, at: Any = NOW) -> None:
    set_privacy_flag(customer=customer, kind=kind, is_set=is_set, reason="By phone", by=None, at=at)


def scored() -> set[int]:
    return set(CustomerScore.objects.values_list("pk", flat=True))


def sweep(at: Any) -> set[int]:
    run = ensure_sweep(at=at)
    if run is None:
        return set()
    list(work_chunks(run=run, clock=lambda: at))
    return set(CustomerScore.objects.filter(run=run).values_list("pk", flat=True))


def test_sql_and_queryset_name_the_same_columns() -> None:
    assert {*PRIVACY, "merged_into_id"} == {*COLUMNS}
    assert is_profiled("c").count("c.") == len(COLUMNS)


@pytest.mark.parametrize("column", PRIVACY)
def test_a_run_over_everybody_leaves_them_out(north: Team, column: str) -> None:
    people = populate(north, 30)
    Customer.objects.filter(pk__in=[people[3].pk, people[7].pk]).update(**{column: NOW})
    run = score_everybody(kind=RunKind.NIGHTLY)
    left_out = {people[3].pk, people[7].pk}
    assert scored() == {person.pk for person in people} - left_out
    assert set(PreferenceProfile.objects.values_list("pk", flat=True)) == scored()
    assert (run.customers, run.failed) == (28, 0)
    assert not ScoreSnapshot.objects.filter(customer__in=left_out).exists()


def test_the_plan_counts_whom_it_scores(north: Team) -> None:
    people = populate(north, 25)
    Customer.objects.filter(pk=people[4].pk).update(restricted_at=NOW)
    assert sum(part.customers for part in customer_ranges(size=10)) == 24
    assert sum(len(part.sheet.customer_ids) for part in readable_facts(as_of=NOW)) == 24


def test_the_score_goes_at_once_and_the_sweep_does_not_bring_it_back(acme: Customer, wang: Customer) -> None:
    observe(facts=[rating(acme, 1), rating(wang, 5, subject=2)], at=NOW - HOUR)
    score_everybody(at=NOW)
    flag(wang)
    assert scored() == {acme.pk}
    assert not ScoreSnapshot.objects.filter(customer=wang).exists()
    observe(facts=[rating(wang, 1, subject=3, at=NOW)], at=NOW + HOUR)
    assert stale_customers(as_of=NOW + 2 * HOUR, since=None) == []
    assert sweep(NOW + 2 * HOUR) == set()
    assert sweep(NOW + 40 * HOUR) == {acme.pk}  # the other's grew old


def test_a_restriction_keeps_the_old_scores_and_an_objection_does_not(acme: Customer, wang: Customer) -> None:
    score_everybody(at=NOW)
    flag(acme, "restriction")
    flag(wang, "profiling")
    assert list(ScoreSnapshot.objects.values_list("customer", flat=True)) == [acme.pk]
    assert scored() == set()


def test_taken_back_the_next_sweep_scores_them(wang: Customer) -> None:
    score_everybody(at=NOW)
    flag(wang)
    flag(wang, is_set=False, at=NOW + HOUR)
    assert sweep(NOW + 2 * HOUR) == {wang.pk}


def test_a_run_that_was_under_way_leaves_no_score_behind(
    acme: Customer, wang: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They object after the worker read their facts, and before it publishes."""
    ensure_versions(at=NOW)
    run = ensure_run(kind=RunKind.NIGHTLY, logical_at=NOW, as_of=NOW, at=NOW)
    real = compute_scores

    def compute(**given: Any) -> Any:
        computed = real(**given)
        flag(wang)
        return computed

    monkeypatch.setattr(module, "compute_scores", compute)
    list(work_chunks(run=run, clock=lambda: NOW))
    assert scored() == {acme.pk}
    assert ScoringChunk.objects.get().state == "done"


def test_what_slipped_through_nobody_sees_and_the_next_run_takes_away(
    acme: Customer, wang: Customer, root: User
) -> None:
    score_everybody(at=NOW)
    Customer.objects.filter(pk=wang.pk).update(profiling_objected_at=NOW)  # as two that commit at the same moment
    assert wang.pk in scored()
    assert set(CustomerScore.objects.visible_to(root).values_list("pk", flat=True)) == {acme.pk}
    score_everybody(at=NOW + HOUR, kind=RunKind.NIGHTLY)
    assert scored() == {acme.pk}


def test_there_is_no_score_to_explain(wang: Customer) -> None:
    observe(facts=[rating(wang, 1)], at=NOW)
    flag(wang, "restriction")
    wang.refresh_from_db()
    with pytest.raises(NotProfiled, match=r"GDPR art\. 18"):
        explain_score(customer=wang, at=NOW)
    with pytest.raises(CommandError, match=r"GDPR art\. 18"):
        call_command("explain_score", str(wang.pk))


def test_they_are_no_movers_and_stand_in_no_digest(acme: Customer, wang: Customer, north: Team, root: User) -> None:
    for customer in (acme, wang):
        told = [rating(customer, 4, at=NOW - 9 * DAY, subject=customer.pk * 100 + n) for n in range(5)]
        observe(facts=told, at=NOW - 9 * DAY)
    score_everybody(at=NOW - DAY)
    for customer in (acme, wang):
        told = [rating(customer, 1, at=NOW - HOUR, subject=customer.pk * 100 + 50 + n) for n in range(9)]
        observe(facts=told, at=NOW - HOUR)
    score_everybody(at=NOW)
    flag(wang, "restriction")
    found = movers(scores=CustomerScore.objects.visible_to(root), since=NOW - DAY, points=1.0)
    assert [mover.customer_id for mover in found] == [acme.pk]
    write_digests(day=NOW.date(), at=NOW)
    digests = list(MoverDigest.objects.filter(team=north))
    assert [line["customer"] for line in digests[0].lines["fell"]] == [acme.pk]
    flag(acme)
    assert digest_lines(digests=digests, user=root, direction="fell") == []


def test_relations_tell_nothing_of_them_nor_by_them(north: Team, queue: Queue) -> None:
    (parent, child), (worker,) = firms(north, "PC"), persons(north, "w")
    relate("parent-of", parent, child)
    relate("works-for", worker, parent)
    open_ticket(customer=parent, subject="Leaks", queue=queue, by=None, at=NOW, body="Help")
    later = NOW + timedelta(days=30)
    assert refresh_relation_effects(at=later) == 2
    flag(worker)
    assert set(RelationEffect.objects.values_list("pk", flat=True)) == {child.pk}
    assert refresh_relation_effects(at=later + HOUR) == 1
    flag(parent, "restriction")  # whose tickets are late
    assert refresh_relation_effects(at=later + 2 * HOUR) == 0


def test_nobody_is_said_to_carry_an_organisation_who_objected(acme: Customer, queue: Queue, north: Team) -> None:
    (eve,) = persons(north, "e")
    for _ in range(5):
        open_ticket(customer=acme, requester=eve, subject="Leaks", queue=queue, by=None, at=NOW, body="Help")
    assert find_single_contacts(at=NOW + HOUR) == 1
    flag(eve)
    assert not ContactRisk.objects.exists()
    assert find_single_contacts(at=NOW + 2 * HOUR) == 0


def test_the_test_of_the_scores_looks_at_others_alone(acme: Customer, wang: Customer) -> None:
    observe(facts=[rating(acme, 1), rating(wang, 5, subject=2)], at=NOW)
    assert rated_customers(at_most=10) == ([acme.pk, wang.pk], 2)
    flag(wang, PrivacyFlagKind.PROFILING)
    assert rated_customers(at_most=10) == ([acme.pk], 1)


def test_those_among_many_are_told(north: Team) -> None:
    people = Customer.objects.bulk_create(Customer(name=f"C{n}", team=north) for n in range(1200))
    Customer.objects.filter(pk=people[700].pk).update(restricted_at=F("created_at"))
    assert unprofiled_among([person.pk for person in people]) == {people[700].pk}
