"""Next best actions: to whom they are offered, who is held out, and who is left alone."""

from typing import Any

import pytest

from analytics.choices import DecisionKind
from analytics.models import ActionDecision, ActionRule, CustomerScore, CustomerValue
from analytics.operations.offer_actions import offer_actions
from analytics.tests.actions import offered, rule, valued
from analytics.tests.histories import rating, score_everybody
from analytics.tests.orders import DAY
from analytics.tests.versions import segment
from customers.models import Customer, Team
from customers.operations.log_interaction import log_interaction
from customers.operations.merge_customers import merge_customers
from customers.operations.observe import observe
from customers.operations.record_consent import record_consent
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def offers() -> list[tuple[str, str]]:
    return list(ActionDecision.objects.order_by("pk").values_list("rule__name", "kind"))


def test_an_action_is_offered_with_the_figures_that_rank_it(acme: Customer) -> None:
    valued(acme)
    rule()
    assert offer_actions(at=NOW) == 1
    row = ActionDecision.objects.get()
    assert (row.kind, row.churn, row.clv, row.uplift, row.cost) == (DecisionKind.SHOWN, 0.5, 1000.0, 0.1, 5.0)
    assert row.worth == pytest.approx(0.5 * 1000 * 0.1 - 5)


def test_what_costs_more_than_it_brings_is_not_offered(acme: Customer) -> None:
    valued(acme)
    rule(cost=51)
    assert offer_actions(at=NOW) == 0


@pytest.mark.parametrize(
    ("conditions", "meets"),
    [
        ({"least_churn": 0.5}, True),
        ({"least_churn": 0.51}, False),
        ({"most_churn": 0.4}, False),
        ({"least_fifth": 4}, True),
        ({"least_fifth": 5}, False),
        ({"currency": "CNY"}, False),
        ({"is_active": False}, False),
    ],
)
def test_conditions_are_met_or_not(acme: Customer, conditions: dict[str, Any], meets: bool) -> None:
    valued(acme)
    rule(**conditions)
    assert offer_actions(at=NOW) == meets


def test_satisfaction_is_a_condition_and_who_has_no_score_does_not_meet_it(acme: Customer, north: Team) -> None:
    observe(facts=[rating(acme, 1)], at=NOW)
    score_everybody()
    unscored = Customer.objects.create(name="New", team=north)
    CustomerScore.objects.exclude(customer=acme).delete()
    score = CustomerScore.objects.get(customer=acme).score
    valued(acme)
    valued(unscored)
    rule("Unhappy", most_score=score + 1)
    rule("Happy", least_score=score + 1)
    offer_actions(at=NOW)
    assert offers() == [("Unhappy", "shown")]


def test_who_was_contacted_lately_is_left_alone(acme: Customer) -> None:
    valued(acme)
    rule(quiet_days=14)
    log_interaction(customer=acme, kind="call", subject="Hello", direction="outbound", author=None, at=NOW - 10 * DAY)
    assert offer_actions(at=NOW) == 0
    assert offer_actions(at=NOW + 5 * DAY) == 1


def test_only_members_of_the_segment_are_asked(acme: Customer, north: Team) -> None:
    other = Customer.objects.create(name="Other", team=north)
    valued(acme)
    valued(other)
    rule(segment=segment("Acmes", "name", "contains", "acme"))
    offer_actions(at=NOW)
    assert ActionDecision.objects.get().customer == acme


def test_marketing_needs_a_consent_and_a_no_holds(acme: Customer) -> None:
    valued(acme)
    rule(purpose="marketing", channel="email")
    assert offer_actions(at=NOW) == 0
    record_consent(customer=acme, purpose="marketing", channel="email", is_given=True, at=NOW - DAY)
    assert offer_actions(at=NOW) == 1
    ActionDecision.objects.all().delete()
    record_consent(customer=acme, purpose="marketing", channel="any", is_given=False, at=NOW)
    assert offer_actions(at=NOW) == 0


def test_it_is_offered_once_a_round(acme: Customer) -> None:
    valued(acme)
    rule()
    assert [offer_actions(at=NOW + days * DAY) for days in (0, 1, 89, 91)] == [1, 0, 0, 1]


def test_a_share_is_held_out_and_always_the_same_customers(north: Team) -> None:
    people = Customer.objects.bulk_create([Customer(name=f"P{n}", team=north) for n in range(200)])
    for customer in people:
        valued(customer)
    rule(holdout_share=0.5)
    assert offer_actions(at=NOW) == 200
    first = set(ActionDecision.objects.filter(kind="held_out").values_list("customer", flat=True))
    assert 60 < len(first) < 140
    offer_actions(at=NOW + 100 * DAY)
    later = ActionDecision.objects.filter(kind="held_out", at__gt=NOW)
    assert set(later.values_list("customer", flat=True)) == first


def test_who_objected_to_profiling_is_offered_nothing(acme: Customer) -> None:
    valued(acme)
    rule()
    Customer.objects.filter(pk=acme.pk).update(profiling_objected_at=NOW)
    assert offer_actions(at=NOW) == 0


def test_a_customer_without_a_value_is_offered_nothing(acme: Customer) -> None:
    valued(acme, clv=None, churn=None)
    rule()
    assert offer_actions(at=NOW) == 0


def test_a_measured_uplift_takes_the_place_of_the_estimate(acme: Customer) -> None:
    valued(acme)
    made = rule()
    ActionRule.objects.filter(pk=made.pk).update(measured={"value": 0.3})
    offer_actions(at=NOW)
    assert ActionDecision.objects.get().worth == pytest.approx(0.5 * 1000 * 0.3 - 5)
    ActionDecision.objects.all().delete()
    ActionRule.objects.filter(pk=made.pk).update(measured={"value": -0.2})  # it does harm
    assert offer_actions(at=NOW) == 0


def test_a_merged_customer_has_their_decisions_go_over(acme: Customer, north: Team) -> None:
    other = Customer.objects.create(name="Acme Pumps", kind=acme.kind, team=north)
    valued(acme)
    valued(other)
    offered(other, rule())
    merge_customers(kept=acme, gone=other, by=None, at=NOW)
    assert ActionDecision.objects.get().customer == acme
    assert not CustomerValue.objects.filter(customer=other).exists()
