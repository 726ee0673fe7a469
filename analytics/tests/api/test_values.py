"""Relationship value through the API: the list, one with its reasons, decisions, rules."""

from typing import Any

import pytest

from analytics.models import ActionDecision, ActionRule
from analytics.tests.actions import offered_now, rule, valued
from customers.models import Customer, Team, User
from tests.client import as_user, url

pytestmark = pytest.mark.django_db


def test_a_value_comes_with_its_reasons_and_actions(ann: User, acme: Customer) -> None:
    valued(acme)
    offered_now(acme, made := rule())
    found = as_user(ann).get(url(f"customers/{acme.pk}/value/")).json()
    assert (found["clv"], found["currency"], found["churn"], found["clv_fifth"]) == (1000.0, "EUR", 0.5, 4)
    assert found["churn_reasons"] == [{"feature": "recency", "value": 33.0, "points": 0.7}]
    (action,) = found["actions"]
    assert (action["rule"], action["is_allowed"], action["offered"]["worth"]) == (made.pk, True, 45.0)


def test_who_has_no_value_is_a_404_that_says_why(ann: User, acme: Customer) -> None:
    answer = as_user(ann).get(url(f"customers/{acme.pk}/value/"))
    assert answer.status_code == 404 and "no order that counts" in answer.json()["detail"]


def test_an_outsider_finds_nothing(otto: User, acme: Customer) -> None:
    valued(acme)
    offered_now(acme, made := rule())
    client = as_user(otto)
    assert client.get(url(f"customers/{acme.pk}/value/")).status_code == 404
    assert client.get(url("customer-values/")).json()["results"] == []
    assert client.get(url("action-decisions/")).json()["results"] == []
    refused = client.post(url("action-decisions/"), {"customer": acme.pk, "rule": made.pk, "kind": "done"})
    assert refused.status_code == 400 and ActionDecision.objects.count() == 1


def test_the_list_is_narrowed_down_and_costs_the_same_for_many(
    ann: User, acme: Customer, north: Team, django_assert_max_num_queries: Any
) -> None:
    valued(acme)
    for n in range(20):
        valued(Customer.objects.create(name=f"C{n}", team=north), clv=10.0 * n, clv_fifth=1, churn=0.1)
    client = as_user(ann)
    with django_assert_max_num_queries(8):
        assert len(client.get(url("customer-values/")).json()["results"]) == 21
    for query in ("fifth=4", "min_clv=900", "min_churn=0.4", f"customer={acme.pk}"):
        assert [row["id"] for row in client.get(url(f"customer-values/?{query}")).json()["results"]] == [acme.pk], query
    assert len(client.get(url("customer-values/?max_clv=50&currency=EUR")).json()["results"]) == 6
    assert client.get(url("customer-values/?min_churn=2")).status_code == 400


def test_a_decision_is_put_down_once(ann: User, acme: Customer) -> None:
    valued(acme)
    offered_now(acme, made := rule())
    client = as_user(ann)
    body = {"customer": acme.pk, "rule": made.pk, "kind": "dismissed"}
    assert client.post(url("action-decisions/"), body).status_code == 400
    answer = client.post(url("action-decisions/"), {**body, "reason": "On holiday"})
    assert answer.status_code == 201, answer.content
    assert (answer.json()["kind"], answer.json()["by"]) == ("dismissed", ann.pk)
    again = client.post(url("action-decisions/"), {**body, "kind": "done"})
    assert again.status_code == 409 and again.json()["code"] == "not_offered"
    kinds = [row["kind"] for row in client.get(url(f"action-decisions/?customer={acme.pk}")).json()["results"]]
    assert kinds == ["dismissed", "shown"]
    assert client.post(url("action-decisions/"), {**body, "kind": "held_out"}).status_code == 400


def test_what_they_do_not_allow_is_refused(ann: User, acme: Customer) -> None:
    valued(acme)
    offered_now(acme, made := rule(purpose="marketing", channel="email"))
    refused = as_user(ann).post(url("action-decisions/"), {"customer": acme.pk, "rule": made.pk, "kind": "done"})
    assert refused.status_code == 409 and refused.json()["code"] == "not_allowed"


def test_back_office_writes_rules_and_agents_do_not(bob: User, ann: User) -> None:
    body = {
        "name": "Voucher",
        "what": "Send it.",
        "channel": "email",
        "cost": "5.00",
        "currency": "eur",
        "uplift": 0.1,
    }
    assert as_user(ann).post(url("action-rules/"), body).status_code == 403
    made = as_user(bob).post(url("action-rules/"), body)
    assert made.status_code == 201, made.content
    assert (made.json()["currency"], made.json()["uplift_now"]) == ("EUR", 0.1)
    assert as_user(bob).post(url("action-rules/"), {**body, "name": "B", "currency": "E1"}).status_code == 400
    assert as_user(bob).post(url("action-rules/"), {**body, "name": "C", "uplift": 2}).status_code == 400
    bad = {**body, "name": "D", "least_churn": 0.9, "most_churn": 0.1}
    assert as_user(bob).post(url("action-rules/"), bad).status_code == 400
    assert ActionRule.objects.count() == 1
