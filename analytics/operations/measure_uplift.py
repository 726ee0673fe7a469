from dataclasses import asdict
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef

from analytics.choices import DecisionKind
from analytics.models import ActionDecision, ActionRule
from analytics.operations.action_rounds import ROUND
from analytics.sql.value_facts import counted
from analytics.value.uplift import measured_uplift
from customers.models import Order


def measure_uplift(*, at: datetime) -> int:
    """Compare, for each rule, customers to whom it was done with those who were held out: how many of either ordered
    nothing in the round after. Returns how many rules have a measured uplift now; of the others what staff entered
    stands. Only rounds that are over count."""
    measured = 0
    for rule in ActionRule.objects.order_by("pk"):
        counts = _counts(rule, at)
        found = measured_uplift(
            done=counts[DecisionKind.DONE][0],
            done_left=counts[DecisionKind.DONE][1],
            held_out=counts[DecisionKind.HELD_OUT][0],
            held_out_left=counts[DecisionKind.HELD_OUT][1],
        )
        # Not an edit: the version stays, and nobody's form becomes stale by it.
        ActionRule.objects.filter(pk=rule.pk).update(measured=asdict(found) if found else {})
        measured += found is not None
    return measured


def _counts(rule: ActionRule, at: datetime) -> dict[str, tuple[int, int]]:
    """By decision, the rounds of customers that are over, and those of them without an order."""
    orders = counted(Order.objects.filter(customer=OuterRef("customer"), total__gte=0))
    after = orders.filter(ordered_at__gt=OuterRef("at"), ordered_at__lte=OuterRef("until"))
    rows = ActionDecision.objects.filter(rule=rule, kind__in=(DecisionKind.DONE, DecisionKind.HELD_OUT))
    rows = rows.filter(at__lte=at - ROUND).alias(until=F("at") + ROUND).annotate(stayed=Exists(after))
    found = {DecisionKind.DONE.value: [0, 0], DecisionKind.HELD_OUT.value: [0, 0]}
    for row in rows.order_by().values("kind", "stayed").annotate(number=Count("pk")):
        found[row["kind"]][0] += row["number"]
        found[row["kind"]][1] += 0 if row["stayed"] else row["number"]
    return {kind: (whole, left) for kind, (whole, left) in found.items()}
