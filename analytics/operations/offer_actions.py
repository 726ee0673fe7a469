from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, FloatField, OuterRef, Q, Value
from django.db.models.functions import Cast

from analytics.choices import DecisionKind
from analytics.models import ActionDecision, ActionRule, CustomerValue
from analytics.operations.action_rounds import ROUND
from analytics.segments.membership import members_among
from analytics.sql.whose import Whose
from analytics.value.uplift import is_held_out
from customers.audit.origin import in_bulk
from customers.audit.record import record
from customers.choices import AuditKind, InteractionKind
from customers.models import Consent, Interaction
from customers.operations.may_contact import answer, statements_in_force
from customers.segments.definition import SegmentInvalid

AT_ONCE = 2_000
CONTACTS = (InteractionKind.CALL, InteractionKind.MEETING, InteractionKind.VISIT, InteractionKind.CAMPAIGN)


def offer_actions(*, at: datetime) -> int:
    """Offer each active action to whoever meets its rule, is worth more than it costs, allows the contact, and was not
    asked in the last round; returns how many were offered or held out. A share of them, always the same customers of a
    rule, is held out: they get nothing, and are what the action is measured against.

    Done again after it was killed, it goes on: whoever was offered something in this round is left alone."""
    return sum(_offer(rule, at) for rule in ActionRule.objects.filter(is_active=True).select_related("segment"))


def _offer(rule: ActionRule, at: datetime) -> int:
    offered = 0
    for rows in _parts(candidates(rule, at=at)):
        keys = _allowed(rule, _in_segment(rule, [row["pk"] for row in rows], at), at)
        decisions = [_decision(rule, row, at) for row in rows if row["pk"] in keys]
        with transaction.atomic(), in_bulk():
            ActionDecision.objects.bulk_create(decisions)
        offered += len(decisions)
    if offered:
        record(AuditKind.DONE, rule, offered=offered)
    return offered


def candidates(rule: ActionRule, *, at: datetime) -> Any:
    """The values of customers who meet the conditions of a rule, but for its segment and their consents."""
    uplift, cost = rule.uplift_now, float(rule.cost)
    asked = ActionDecision.objects.filter(rule=rule, customer=OuterRef("pk"), at__gt=at - ROUND)
    rows = CustomerValue.objects.profiled().filter(_conditions(rule), ~Exists(asked), currency=rule.currency)
    worth = Cast(F("churn") * F("clv") * Value(uplift) - Value(cost), FloatField())
    if rule.quiet_days:
        since = at - timedelta(days=rule.quiet_days)
        touched = Interaction.objects.filter(customer=OuterRef("pk"), kind__in=CONTACTS, at__gt=since)
        rows = rows.filter(~Exists(touched))
    return rows.annotate(worth=worth).filter(worth__gt=0)


def _conditions(rule: ActionRule) -> Q:
    bounds = {
        "churn__gte": rule.least_churn,
        "churn__lte": rule.most_churn,
        "clv_fifth__gte": rule.least_fifth,
        "customer__score__score__gte": rule.least_score,
        "customer__score__score__lte": rule.most_score,
    }
    return Q(**{name: bound for name, bound in bounds.items() if bound is not None})


def _parts(rows: Any) -> Iterator[list[dict[str, Any]]]:
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk").values("pk", "churn", "clv", "worth")[:AT_ONCE]):
        yield found
        last = found[-1]["pk"]


def _in_segment(rule: ActionRule, keys: Sequence[int], at: datetime) -> set[int]:
    if rule.segment is None:
        return set(keys)
    try:
        return members_among(definition=rule.segment.definition, whose=Whose.these(keys), at=at)
    except SegmentInvalid:  # it asks for what is not there any more: nobody meets it
        return set()


def _allowed(rule: ActionRule, keys: set[int], at: datetime) -> set[int]:
    """Those who may be contacted for its purpose by its channel: restricted and erased ones have no value."""
    said = Consent.objects.filter(Whose.these(sorted(keys)).at("customer"), purpose=rule.purpose, at__lte=at)
    by_customer: dict[int, list[Consent]] = {}
    for row in said:
        by_customer.setdefault(row.customer_id, []).append(row)
    return {
        pk
        for pk in keys
        if answer(statements_in_force(by_customer.get(pk, ())), purpose=rule.purpose, channel=rule.channel).allowed
    }


def _decision(rule: ActionRule, row: dict[str, Any], at: datetime) -> ActionDecision:
    held_out = is_held_out(key=rule.key, customer=row["pk"], share=rule.holdout_share)
    return ActionDecision(
        customer_id=row["pk"],
        rule=rule,
        kind=DecisionKind.HELD_OUT if held_out else DecisionKind.SHOWN,
        at=at,
        churn=row["churn"],
        clv=row["clv"],
        uplift=rule.uplift_now,
        cost=float(rule.cost),
        worth=row["worth"],
        currency=rule.currency,
    )
