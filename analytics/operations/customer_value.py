from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.models import ActionDecision, ActionRule, CustomerValue
from analytics.operations.action_rounds import open_offers
from customers.models import Consent, Customer
from customers.operations.may_contact import answer, barred_answer, statements_in_force

# Of decisions on one customer so many of the newest are looked at: each rule has one open offer at most.
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that is offered for a customer, with the figures of the moment when it was. `is_allowed`: whether they
    allow the contact now."""

    rule: ActionRule
    decision: ActionDecision
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class Valued:
    """What the relationship with a customer is worth, and what could be done next, the most worth first."""

    value: CustomerValue
    offers: list[Offer]
    decisions: list[ActionDecision]


def customer_value(*, customer: Customer, at: datetime, value: CustomerValue | None = None) -> Valued | None:
    """The value of a customer with the actions that are offered now; None where they have none: they ordered nothing
    that counts, or no night has passed since, or they may not be profiled. Two queries more where it is given."""
    if not customer.is_profiled:
        return None
    if value is None:
        value = CustomerValue.objects.select_related("model").filter(customer=customer).first()
        if value is None:
            return None
    rows = ActionDecision.objects.filter(customer=customer).select_related("rule", "by")
    decisions = list(rows.order_by("-at", "-id")[:LOOKED_AT])
    return Valued(value, _offers(customer, decisions, at), decisions)


def _offers(customer: Customer, decisions: Sequence[ActionDecision], at: datetime) -> list[Offer]:
    told: list[dict[str, Any]] = [
        {"rule": row.rule_id, "kind": row.kind, "at": row.at, "worth": row.worth, "row": row}
        for row in decisions
        if row.rule.is_active
    ]
    found = [row["row"] for row in open_offers(told, at=at)]
    if not found:
        return []
    said = list(Consent.objects.filter(customer=customer, at__lte=at))
    return [Offer(row.rule, row, _is_allowed(customer, row.rule, said)) for row in found]


def _is_allowed(customer: Customer, rule: ActionRule, said: Sequence[Consent]) -> bool:
    if barred := barred_answer(customer, rule.purpose):
        return barred.allowed
    about = statements_in_force(row for row in said if row.purpose == rule.purpose)
    return answer(about, purpose=rule.purpose, channel=rule.channel).allowed
