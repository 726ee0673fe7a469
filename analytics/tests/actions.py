"""Action rules and values for the tests of next best actions."""

from typing import Any

from django.utils import timezone

from analytics.choices import DecisionKind
from analytics.models import ActionDecision, ActionRule, CustomerValue, ValueModel
from customers.models import Customer
from tests.cast import NOW


def rule(name: str = "Call them", **more: Any) -> ActionRule:
    """A rule that everybody meets, of which nobody is held out."""
    values = {
        "what": "Call and ask.",
        "channel": "phone",
        "purpose": "service",
        "cost": 5,
        "currency": "EUR",
        "uplift": 0.1,
        "holdout_share": 0,
    } | more
    made = ActionRule(name=name, **values)
    made.full_clean()
    made.save()
    return made


def valued(customer: Customer, **more: Any) -> CustomerValue:
    """A value of a customer: 0.5 · 1000 · uplift is what an action may bring."""
    model, _made = ValueModel.objects.get_or_create(
        logical_at=NOW, defaults={"as_of": NOW, "started_at": NOW, "finished_at": NOW}
    )
    values = {
        "as_of": NOW,
        "computed_at": NOW,
        "currency": "EUR",
        "first_on": "2025-06-01",
        "last_on": "2026-05-01",
        "recency": 33,
        "frequency": 7,
        "orders": 8,
        "monetary": 90.0,
        "expected_orders": 10.0,
        "expected_value": 100.0,
        "clv": 1000.0,
        "clv_fifth": 4,
        "churn": 0.5,
        "churn_reasons": [{"feature": "recency", "value": 33, "points": 0.7}],
    } | more
    return CustomerValue.objects.create(customer=customer, model=model, **values)


def offered(customer: Customer, of: ActionRule, **more: Any) -> ActionDecision:
    """An offer, as the nightly job makes it."""
    figures = {"churn": 0.5, "clv": 1000.0, "uplift": of.uplift, "cost": float(of.cost), "worth": 45.0}
    values = {"kind": DecisionKind.SHOWN, "at": NOW, "currency": of.currency} | figures | more
    return ActionDecision.objects.create(customer=customer, rule=of, **values)


def offered_now(customer: Customer, of: ActionRule) -> ActionDecision:
    """An offer that pages and the API, which read the clock, take for an open one."""
    return offered(customer, of, at=timezone.now())
