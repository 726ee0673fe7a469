from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.operations.add_row import add_row
from customers.operations.revise_row import revise_row
from services.models import EscalationStep, SLAPolicy, SLATarget


@transaction.atomic
def write_sla_policy(
    *,
    policy: SLAPolicy,
    changes: dict[str, Any],
    at: datetime,
    targets: Iterable[dict[str, Any]] | None = None,
    steps: Iterable[dict[str, Any]] | None = None,
    expected_version: int | None = None,
) -> SLAPolicy:
    """Save a new or existing policy and, unless None, replace its targets, at most one a priority, and its escalation
    steps. A step that stays as it was keeps its memory of the tickets it was taken for.

    Raises StaleVersion, ValidationError. Tickets under way keep the clocks they have until their next event or until
    recompute_clocks."""
    if policy._state.adding:
        for name, value in changes.items():
            setattr(policy, name, value)
        add_row(row=policy, at=at)
    else:
        revise_row(row=policy, changes=changes, expected_version=expected_version, at=at)
    if targets is not None:
        wanted = {target["priority"]: target for target in targets}
        policy.targets.exclude(priority__in=wanted).delete()
        for priority, minutes in wanted.items():
            SLATarget.objects.update_or_create(policy=policy, priority=priority, defaults=minutes)
    if steps is not None:
        _write_steps(policy, list(steps))
    return policy


def _write_steps(policy: SLAPolicy, wanted: list[dict[str, Any]]) -> None:
    kept: list[int] = []
    for values in wanted:
        step = policy.steps.exclude(pk__in=kept).filter(**values).first() or EscalationStep(policy=policy, **values)
        if step._state.adding:
            step.full_clean()
            step.save()
        kept.append(step.pk)
    policy.steps.exclude(pk__in=kept).delete()
