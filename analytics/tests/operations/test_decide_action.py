"""Deciding on an action: done, or dismissed with a reason, once."""

import pytest
from django.core.exceptions import ValidationError

from analytics.models import ActionDecision
from analytics.operations.customer_value import customer_value
from analytics.operations.decide_action import NotAllowed, NotOffered, decide_action
from analytics.tests.actions import offered, rule, valued
from analytics.tests.orders import DAY
from customers.models import Customer, User
from customers.operations.record_consent import record_consent
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def test_done_is_put_down_with_who_did_it_and_the_figures_of_the_offer(acme: Customer, ann: User) -> None:
    made = rule()
    offered(acme, made)
    row = decide_action(customer=acme, rule=made, kind="done", by=ann, at=NOW + DAY)
    assert (row.kind, row.by, row.worth, row.at) == ("done", ann, 45.0, NOW + DAY)
    assert ActionDecision.objects.count() == 2


def test_not_now_needs_a_reason(acme: Customer, ann: User) -> None:
    made = rule()
    offered(acme, made)
    with pytest.raises(ValidationError, match="why not"):
        decide_action(customer=acme, rule=made, kind="dismissed", reason="  ", by=ann, at=NOW)
    with pytest.raises(ValidationError, match="Null characters"):
        decide_action(customer=acme, rule=made, kind="dismissed", reason="On\x00holiday", by=ann, at=NOW)
    decide_action(customer=acme, rule=made, kind="dismissed", reason="On holiday", by=ann, at=NOW)
    assert ActionDecision.objects.get(kind="dismissed").reason == "On holiday"


def test_an_offer_is_decided_once(acme: Customer, ann: User) -> None:
    made = rule()
    offered(acme, made)
    decide_action(customer=acme, rule=made, kind="done", by=ann, at=NOW)
    with pytest.raises(NotOffered):
        decide_action(customer=acme, rule=made, kind="done", by=ann, at=NOW)


@pytest.mark.parametrize("kind", ["held_out", "none", "old"])
def test_what_is_not_offered_cannot_be_decided(acme: Customer, ann: User, kind: str) -> None:
    made = rule()
    if kind != "none":
        offered(acme, made, kind="held_out" if kind == "held_out" else "shown", at=NOW - 91 * DAY * (kind == "old"))
    with pytest.raises(NotOffered):
        decide_action(customer=acme, rule=made, kind="done", by=ann, at=NOW)


def test_only_done_and_dismissed_are_decisions(acme: Customer, ann: User) -> None:
    made = rule()
    offered(acme, made)
    with pytest.raises(ValidationError):
        decide_action(customer=acme, rule=made, kind="shown", by=ann, at=NOW)


def test_who_withdrew_their_consent_since_is_not_contacted_but_may_be_dismissed(acme: Customer, ann: User) -> None:
    made = rule(purpose="marketing", channel="email")
    valued(acme)
    record_consent(customer=acme, purpose="marketing", channel="email", is_given=True, at=NOW - DAY)
    offered(acme, made)
    found = customer_value(customer=acme, at=NOW)
    assert found is not None and found.offers[0].is_allowed
    record_consent(customer=acme, purpose="marketing", channel="email", is_given=False, at=NOW)
    found = customer_value(customer=acme, at=NOW)
    assert found is not None and not found.offers[0].is_allowed
    with pytest.raises(NotAllowed):
        decide_action(customer=acme, rule=made, kind="done", by=ann, at=NOW)
    decide_action(customer=acme, rule=made, kind="dismissed", reason="No consent", by=ann, at=NOW)


def test_offers_come_with_the_most_worth_first_and_without_inactive_rules(acme: Customer) -> None:
    valued(acme)
    offered(acme, rule("Small"), worth=5)
    offered(acme, rule("Large"), worth=50)
    offered(acme, rule("Off", is_active=False), worth=500)
    found = customer_value(customer=acme, at=NOW)
    assert found is not None and [offer.rule.name for offer in found.offers] == ["Large", "Small"]
    assert len(found.decisions) == 3
