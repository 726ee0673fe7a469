from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from analytics.choices import RunKind
from analytics.models import FACTORS, CustomerScore, ScoreSnapshot
from analytics.operations.explain_score import explain_score
from analytics.tests.histories import (
    DAY,
    HOUR,
    exclude,
    populate,
    price,
    promises,
    rating,
    reply,
    score_everybody,
    waiting,
)
from customers.models import Customer, Observation, Order, Team, User
from customers.operations.deliver_order import deliver_order
from customers.operations.exclude_fact import exclude_fact
from customers.operations.observe import observe
from customers.operations.promise_fact import MOMENT
from customers.operations.readmit_fact import readmit_fact
from customers.operations.tell_promises import tell_promises
from services.models import Queue, Ticket
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def live(customer: Customer) -> None:
    """One fact of each factor."""
    facts = [rating(customer, 5), promises(customer, 1, 2), reply(customer, 900, 3600), price(customer, 8, 10)]
    observe(facts=facts, at=NOW - DAY)


def test_it_has_the_shape_of_the_design(acme: Customer) -> None:
    live(acme)
    score_everybody()
    shown = explain_score(customer=acme, at=NOW).as_dict()
    assert list(shown)[:5] == ["customer", "as_of", "version", "score", "raw"]
    assert (shown["customer"], shown["as_of"], shown["version"]) == (acme.pk, NOW.isoformat(), 1)
    assert [factor["name"] for factor in shown["factors"]] == list(FACTORS)
    factor = shown["factors"][0]
    assert {"name", "value", "baseline", "n_eff", "contribution", "points", "evidence"} <= set(factor)
    (evidence,) = factor["evidence"]
    assert (evidence["type"], evidence["id"], evidence["value"], evidence["given"]) == ("rating", 1, 1.0, 5.0)
    assert evidence["at"] == (NOW - DAY).isoformat()
    assert 0.99 < evidence["weight"] < 1.0


def test_it_adds_up(north: Team) -> None:
    for customer in populate(north, 25):
        score_everybody()
        shown = explain_score(customer=customer, at=NOW).as_dict()
        assert 50 + sum(factor["points"] for factor in shown["factors"]) == pytest.approx(shown["score"], abs=1e-9)
        for factor in shown["factors"]:
            points = sum(piece["points"] for piece in factor["evidence"])
            assert points == pytest.approx(factor["points"], abs=1e-9)


def test_the_stored_number_is_replayed_exactly_whatever_came_later(north: Team) -> None:
    people = populate(north, 40)
    score_everybody()
    stored = dict(CustomerScore.objects.values_list("pk", "score"))
    for customer in people:  # corrections, exclusions and late rows, all recorded after
        row = customer.observations.filter(superseded_version=None).order_by("pk").first()
        if row is not None and not row.is_exclusion:
            exclude(row, at=NOW + HOUR)
        observe(facts=[rating(customer, 1, at=NOW - 100 * DAY, subject=10**6 + customer.pk)], at=NOW + HOUR)
    for customer in people:
        customer.refresh_from_db()
        explanation = explain_score(customer=customer, at=NOW + HOUR)
        assert explanation.score == explanation.stored == explanation.replayed == stored[customer.pk]
        assert explanation.is_stale


def test_a_late_row_is_named_with_the_number_that_follows_from_it(acme: Customer) -> None:
    live(acme)
    score_everybody()
    observe(facts=[rating(acme, 1, at=NOW - 30 * DAY, subject=77)], at=NOW + HOUR)
    acme.refresh_from_db()
    shown = explain_score(customer=acme, at=NOW + HOUR).as_dict()
    assert shown["replayed"] == shown["stored"] == shown["score"]
    assert shown["now"] < shown["stored"]
    (change,) = shown["changed_since"]
    assert (change["what"], change["type"], change["id"], change["given"]) == ("recorded", "rating", 77, 1.0)
    score_everybody(at=NOW + HOUR, as_of=NOW)
    assert explain_score(customer=acme, at=NOW + HOUR).score == shown["now"]


def test_a_correction_shows_both_rows(acme: Customer) -> None:
    live(acme)
    score_everybody()
    observe(facts=[replace(rating(acme, 2), at=NOW)], at=NOW + HOUR)
    changes = explain_score(customer=acme, at=NOW + HOUR).as_dict()["changed_since"]
    assert [(change["what"], change["given"]) for change in changes] == [("superseded", 5.0), ("recorded", 2.0)]


def test_an_exclusion_is_named_with_its_reason(acme: Customer) -> None:
    live(acme)
    score_everybody()
    exclude(Observation.objects.get(factor=1), at=NOW + HOUR, reason="wrong ticket")
    changes = explain_score(customer=acme, at=NOW + HOUR).as_dict()["changed_since"]
    assert [(change["what"], change["reason"]) for change in changes] == [
        ("superseded", ""),
        ("excluded", "wrong ticket"),
    ]


def test_what_happened_later_is_no_change_of_that_date(acme: Customer) -> None:
    live(acme)
    score_everybody()
    observe(facts=[rating(acme, 1, at=NOW + HOUR, subject=9)], at=NOW + HOUR)
    explanation = explain_score(customer=acme, at=NOW + HOUR)
    assert explanation.changed_since == ()
    assert explanation.now == explanation.stored


def test_an_overdue_message_replays_exactly(acme: Customer, queue: Queue) -> None:
    ticket = Ticket.objects.create(number="1", subject="?", customer=acme, queue=queue, team=queue.team)
    late = waiting(acme, at=NOW - 9 * DAY, due_at=NOW - 8 * DAY, target=3600, ticket=ticket.pk)
    observe(facts=[late], at=NOW - 9 * DAY)
    score_everybody()
    answered = reply(acme, 7200, 3600, at=NOW + HOUR, ticket=ticket.pk)
    observe(facts=[answered], at=NOW + HOUR)
    explanation = explain_score(customer=acme, at=NOW + HOUR)
    assert explanation.score < 50
    assert explanation.replayed == explanation.stored


@pytest.mark.parametrize(
    ("hours", "delivered_after", "said"),
    [
        (1, None, "less than a day overdue"),
        (30, None, "1 day overdue"),
        (125, None, "5 days overdue"),
        (125, 200, "5 days overdue"),  # as of then it had not come
        (125, 3, "delivered less than a day late"),
        (125, 25, "delivered 1 day late"),
        (125, 50, "delivered 2 days late"),
    ],
)
def test_an_order_that_is_overdue_is_said_in_words(
    acme: Customer, hours: int, delivered_after: int | None, said: str
) -> None:
    due = NOW - hours * HOUR
    order = an_order(acme, due)
    if delivered_after is not None:
        deliver_order(order=order, at=due + delivered_after * HOUR)
    acme.refresh_from_db()
    shown = explain_score(customer=acme, as_of=NOW, at=NOW).as_dict()
    (evidence,) = shown["factors"][1]["evidence"]
    assert (evidence["type"], evidence["id"], evidence["value"]) == ("order", order.pk, 0.0)
    assert evidence["said"] == said


def test_an_order_that_is_still_to_come_says_nothing_and_one_that_came_early_is_kept(acme: Customer) -> None:
    order = an_order(acme, NOW + 9 * DAY)
    acme.refresh_from_db()
    assert explain_score(customer=acme, at=NOW).as_dict()["factors"][1]["evidence"] == []
    deliver_order(order=order, at=NOW + DAY)
    acme.refresh_from_db()
    (evidence,) = explain_score(customer=acme, at=NOW + DAY).as_dict()["factors"][1]["evidence"]
    assert (evidence["said"], evidence["at"]) == ("delivered as promised", (NOW + DAY).isoformat())


def test_a_score_wakes_when_an_order_falls_overdue_and_replays_when_it_came_in_time(acme: Customer) -> None:
    order = an_order(acme, NOW + HOUR)
    score_everybody()
    score = CustomerScore.objects.get(pk=acme.pk)
    assert (score.score, score.refresh_at) == (50.0, NOW + HOUR + MOMENT)
    score_everybody(at=NOW + 2 * HOUR)
    overdue = CustomerScore.objects.get(pk=acme.pk).score
    assert overdue < 50
    deliver_order(order=order, at=NOW)  # told late
    acme.refresh_from_db()
    found = explain_score(customer=acme, at=NOW + 3 * HOUR)
    assert found.score == found.replayed == overdue
    assert found.now > 50
    changes = found.as_dict()["changed_since"]
    assert [(change["what"], change["said"]) for change in changes] == [
        ("superseded", "less than a day overdue"),
        ("recorded", "delivered as promised"),
    ]


def an_order(customer: Customer, promised_at: datetime) -> Order:
    """An order that is on its way."""
    order = Order.objects.create(
        number="O-1", customer=customer, currency="EUR", ordered_at=NOW - 30 * DAY, promised_at=promised_at
    )
    tell_promises(orders=[order], at=NOW - 30 * DAY)
    return order


def test_with_a_date_it_explains_the_snapshot_of_that_day(acme: Customer) -> None:
    live(acme)
    score_everybody(kind=RunKind.REPLAY, as_of=NOW - HOUR)
    snapshot = ScoreSnapshot.objects.get()
    explanation = explain_score(customer=acme, as_of=NOW + HOUR, at=NOW + DAY)
    assert (explanation.as_of, explanation.stored) == (snapshot.as_of, snapshot.score)
    assert not explanation.is_stale


def test_the_stored_score_of_the_day_is_preferred_where_it_is_newer(acme: Customer) -> None:
    live(acme)
    score_everybody(kind=RunKind.REPLAY, as_of=NOW - HOUR)
    score_everybody()
    assert explain_score(customer=acme, as_of=NOW + HOUR, at=NOW + HOUR).as_of == NOW


def test_with_a_date_of_which_nothing_is_stored_it_computes(acme: Customer) -> None:
    live(acme)
    score_everybody()
    observe(facts=[rating(acme, 1, at=NOW, subject=9)], at=NOW)
    explanation = explain_score(customer=acme, as_of=NOW - 12 * HOUR, at=NOW)
    assert (explanation.stored, explanation.replayed) == (None, None)
    assert explanation.as_of == NOW - 12 * HOUR
    assert explanation.now == explanation.score != 50
    before_all = explain_score(customer=acme, as_of=NOW - 5 * DAY, at=NOW)
    assert (before_all.score, before_all.low_evidence) == (50.0, True)


def test_the_future_is_not_explained(acme: Customer) -> None:
    assert explain_score(customer=acme, as_of=NOW + 9 * DAY, at=NOW).as_of == NOW


def test_who_was_never_scored_is_explained_as_of_now(acme: Customer) -> None:
    live(acme)
    explanation = explain_score(customer=acme, at=NOW)
    assert (explanation.as_of, explanation.stored, explanation.version) == (NOW, None, None)
    assert explanation.is_stale
    assert explanation.percentile is None


def test_it_says_what_moved_the_score(acme: Customer) -> None:
    observe(facts=[rating(acme, 5, at=NOW - 90 * DAY)], at=NOW - 90 * DAY)
    score_everybody(at=NOW - 40 * DAY)
    observe(facts=[rating(acme, 1, subject=2), promises(acme, 0, 1)], at=NOW - DAY)
    score_everybody()
    explanation = explain_score(customer=acme, at=NOW)
    row = CustomerScore.objects.get()
    assert explanation.moved is not None
    assert explanation.moved.since == NOW - 40 * DAY
    moved = explanation.as_dict()["moved"]
    assert moved["points"] == pytest.approx(row.change, abs=1e-9)
    assert sum(factor["points"] for factor in moved["factors"]) == pytest.approx(row.change, abs=1e-9)
    causes = {(p["type"], p["id"]): p["cause"] for p in moved["factors"][0]["evidence"]}
    assert causes == {("rating", 1): "aged", ("rating", 2): "new"}


def test_the_percentile_is_among_everybody(north: Team) -> None:
    people = populate(north, 30)
    score_everybody()
    ranked = sorted(people, key=lambda customer: CustomerScore.objects.get(pk=customer.pk).score)
    percentiles = [explain_score(customer=customer, at=NOW).percentile for customer in ranked]
    assert percentiles == sorted(p for p in percentiles if p is not None)
    assert percentiles[0] == 0.0 or percentiles[0] is not None


def test_it_asks_a_fixed_number_of_questions(acme: Customer, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    observe(facts=[rating(acme, 3, subject=n) for n in range(80)], at=NOW)
    score_everybody(at=NOW - timedelta(days=31), as_of=NOW - timedelta(days=31))
    score_everybody()
    with django_assert_num_queries(9):
        explain_score(customer=acme, at=NOW)


def test_what_was_left_out_is_named_with_who_and_why_and_counts_for_nothing(acme: Customer, ann: User) -> None:
    live(acme)
    row = exclude_fact(observation=Observation.objects.get(factor=1), reason="spam", by=ann, at=NOW)
    score_everybody()
    explanation = explain_score(customer=acme, at=NOW)
    quality = explanation.as_dict()["factors"][0]
    assert (quality["evidence"], quality["points"]) == ([], 0.0)
    (left_out,) = quality["left_out"]
    assert (left_out["observation"], left_out["type"], left_out["id"], left_out["given"]) == (row.pk, "rating", 1, 5.0)
    assert left_out["decision"] == {
        "what": "excluded",
        "reason": "spam",
        "by": ann.pk,
        "at": NOW.isoformat(),
        "until": None,
    }
    assert explanation.replayed == explanation.stored == explanation.score
    assert all(factor["left_out"] == [] for factor in explanation.as_dict()["factors"][1:])


def test_a_decision_changes_no_score_that_was_stored_before(acme: Customer, ann: User) -> None:
    live(acme)
    score_everybody()
    before = explain_score(customer=acme, at=NOW).as_dict()
    row = exclude_fact(observation=Observation.objects.get(factor=1), reason="spam", by=ann, at=NOW + HOUR)
    score_everybody(at=NOW + 2 * HOUR)
    readmit_fact(observation=row, reason="no spam", by=ann, at=NOW + 3 * HOUR)
    then = explain_score(customer=acme, as_of=NOW, at=NOW + 3 * HOUR)
    assert then.score == then.replayed == before["score"]
    now = explain_score(customer=acme, at=NOW + 3 * HOUR)
    assert now.replayed == now.stored
    assert now.score < before["score"]
    assert [change.what for change in now.changed_since] == ["superseded", "readmitted"]
    assert now.now > now.score


def test_what_was_taken_back_says_so_in_the_evidence(acme: Customer, ann: User) -> None:
    live(acme)
    row = exclude_fact(observation=Observation.objects.get(factor=1), reason="spam", by=ann, at=NOW)
    readmit_fact(observation=row, reason="no spam", by=ann, at=NOW)
    score_everybody()
    quality = explain_score(customer=acme, at=NOW).as_dict()["factors"][0]
    (evidence,) = quality["evidence"]
    assert (evidence["decision"]["what"], evidence["decision"]["reason"]) == ("readmitted", "no spam")
    assert quality["left_out"] == []


def test_after_its_term_a_fact_counts_and_is_no_longer_left_out(acme: Customer, ann: User) -> None:
    live(acme)
    exclude_fact(observation=Observation.objects.get(factor=1), reason="spam", by=ann, at=NOW, until=NOW + HOUR)
    score_everybody()
    assert explain_score(customer=acme, at=NOW).left_out("quality")
    score_everybody(at=NOW + DAY)
    after = explain_score(customer=acme, at=NOW + DAY)
    assert after.left_out("quality") == []
    (evidence,) = after.as_dict()["factors"][0]["evidence"]
    assert (evidence["given"], evidence["decision"]["reason"]) == (5.0, "spam")


def test_a_fact_that_was_left_out_and_taken_back_only_aged(acme: Customer, ann: User) -> None:
    live(acme)
    score_everybody(at=NOW)
    row = exclude_fact(observation=Observation.objects.get(factor=1), reason="spam", by=ann, at=NOW + DAY)
    readmit_fact(observation=row, reason="no spam", by=ann, at=NOW + DAY)
    later = NOW + timedelta(days=31)
    score_everybody(at=later)
    moved = explain_score(customer=acme, at=later).moved
    assert moved is not None
    assert {str(piece.cause) for piece in moved.waterfall.rows[0].evidence} == {"aged"}
