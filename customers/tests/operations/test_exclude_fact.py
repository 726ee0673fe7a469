from dataclasses import replace
from datetime import timedelta

import pytest

from customers.models import Customer, Observation, User
from customers.operations.exclude_fact import exclude_fact
from customers.operations.observe import observe
from customers.operations.readmit_fact import readmit_fact
from customers.operations.record_activity import CustomerIsMerged
from customers.operations.supersede_fact import BadDecision, FactIsPast
from customers.tests.facts import DAY, HOUR, rating, reply, waiting
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def fact(acme: Customer) -> Observation:
    """A bad rating of yesterday."""
    (row,) = observe(facts=[rating(acme, 1)], at=NOW)
    return row


def standing() -> Observation:
    return Observation.objects.get(superseded_version=None)


def test_it_repeats_the_fact_with_who_and_why(fact: Observation, acme: Customer, ann: User) -> None:
    row = exclude_fact(observation=fact, reason=" spam ", by=ann, at=NOW + HOUR, until=NOW + DAY)
    assert row == standing()
    said = (row.is_exclusion, row.excluded_until, row.excluded_by, row.reason, row.recorded_at)
    assert said == (True, NOW + DAY, ann, "spam", NOW + HOUR)
    assert (row.customer, row.factor, row.measure, row.value, row.at) == (acme, 1, 1, 1.0, fact.at)
    assert (row.subject_type, row.subject_id) == ("rating", 1)


def test_the_old_row_stays_and_the_customer_moves_on(fact: Observation, acme: Customer, ann: User) -> None:
    row = exclude_fact(observation=fact, reason="spam", by=ann, at=NOW + HOUR)
    fact.refresh_from_db()
    acme.refresh_from_db()
    assert (fact.superseded_at, fact.superseded_version) == (fact.at, row.recorded_version)
    assert (acme.activity_version, acme.last_activity_at) == (row.recorded_version, NOW + HOUR)
    assert list(Observation.objects.known_at(as_of=NOW, version=row.recorded_version - 1)) == [fact]
    assert list(Observation.objects.known_at(as_of=NOW, version=row.recorded_version)) == [row]


def test_a_second_decision_on_the_same_row_is_refused(fact: Observation, ann: User) -> None:
    exclude_fact(observation=fact, reason="spam", by=ann, at=NOW)
    with pytest.raises(FactIsPast):
        exclude_fact(observation=fact, reason="spam", by=ann, at=NOW)
    assert Observation.objects.count() == 2


@pytest.mark.parametrize("reason", ["", "  ", "x" * 256])
def test_it_wants_a_reason_that_fits(fact: Observation, ann: User, reason: str) -> None:
    with pytest.raises(BadDecision) as refused:
        exclude_fact(observation=fact, reason=reason, by=ann, at=NOW)
    assert refused.value.field == "reason"
    assert standing() == fact


def test_it_refuses_an_end_that_is_over(fact: Observation, ann: User) -> None:
    with pytest.raises(BadDecision) as refused:
        exclude_fact(observation=fact, reason="spam", by=ann, at=NOW, until=NOW)
    assert refused.value.field == "until"
    assert standing() == fact


def test_a_customer_who_was_merged_away_is_left_alone(fact: Observation, acme: Customer, ann: User) -> None:
    Customer.objects.filter(pk=acme.pk).update(merged_into=Customer.objects.create(name="Kept", team=acme.team))
    with pytest.raises(CustomerIsMerged):
        exclude_fact(observation=fact, reason="spam", by=ann, at=NOW)
    assert standing() == fact


def test_the_term_can_be_changed(fact: Observation, ann: User, bob: User) -> None:
    row = exclude_fact(observation=fact, reason="spam", by=ann, at=NOW)
    exclude_fact(observation=row, reason="spam until checked", by=bob, at=NOW, until=NOW + DAY)
    assert (standing().reason, standing().excluded_until, standing().excluded_by) == (
        "spam until checked",
        NOW + DAY,
        bob,
    )


def test_it_is_taken_back_with_who_and_why(fact: Observation, ann: User, bob: User) -> None:
    row = exclude_fact(observation=fact, reason="spam", by=ann, at=NOW)
    back = readmit_fact(observation=row, reason="no spam", by=bob, at=NOW + HOUR)
    assert back == standing()
    assert (back.is_exclusion, back.excluded_until, back.excluded_by, back.reason) == (False, None, bob, "no spam")
    assert (back.value, back.at, back.subject_id) == (fact.value, fact.at, fact.subject_id)


def test_what_is_not_left_out_cannot_be_taken_back(fact: Observation, ann: User) -> None:
    with pytest.raises(FactIsPast):
        readmit_fact(observation=fact, reason="?", by=ann, at=NOW)
    row = exclude_fact(observation=fact, reason="spam", by=ann, at=NOW)
    readmit_fact(observation=row, reason="no spam", by=ann, at=NOW)
    with pytest.raises(FactIsPast):
        readmit_fact(observation=row, reason="no spam", by=ann, at=NOW)


def test_the_reply_of_a_ticket_that_is_left_out_stays_out(acme: Customer, ann: User) -> None:
    (row,) = observe(facts=[waiting(acme, at=NOW - DAY, due_at=NOW - HOUR)], at=NOW - DAY)
    exclude_fact(observation=row, reason="spam", by=ann, at=NOW)
    observe(facts=[reply(acme, 86400, at=NOW + HOUR)], at=NOW + HOUR)
    row = standing()
    assert (row.value, row.is_exclusion, row.reason, row.excluded_by) == (86400.0, True, "spam", ann)


def test_a_rating_that_was_given_anew_counts(fact: Observation, acme: Customer, ann: User) -> None:
    exclude_fact(observation=fact, reason="hit the wrong star", by=ann, at=NOW)
    observe(facts=[replace(rating(acme, 5, at=NOW, subject=2), instead_of=1)], at=NOW)
    assert (standing().value, standing().is_exclusion, standing().reason) == (5.0, False, "")


def test_a_correction_counts_once_the_term_is_over(fact: Observation, acme: Customer, ann: User) -> None:
    exclude_fact(observation=fact, reason="in dispute", by=ann, at=NOW, until=NOW + HOUR)
    observe(facts=[replace(rating(acme, 5), at=NOW)], at=NOW + 2 * HOUR)
    assert (standing().value, standing().is_exclusion) == (5.0, False)


def test_the_same_fact_again_changes_nothing(fact: Observation, acme: Customer, ann: User) -> None:
    row = exclude_fact(observation=fact, reason="spam", by=ann, at=NOW)
    observe(facts=[rating(acme, 1)], at=NOW + timedelta(minutes=1))
    assert standing() == row
