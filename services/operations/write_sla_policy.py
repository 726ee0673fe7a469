from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from customers.operations.add_row import add_row
from customers.operations.revise_row import revise_row
from services.models import SLAPolicy, SLATarget


@transaction.atomic
def write_sla_policy(
    *,
    policy: SLAPolicy,
    changes: dict[str, Any],
    at: datetime,
    targets: Iterable[dict[str, Any]] | None = None,
    expected_version: int | None = None,
) -> SLAPolicy:
    """Save a new or existing policy and, unless None, replace its targets: at most one a priority.

    Raises StaleVersion, ValidationError. Tickets under way keep the clocks they have until their next event."""
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
    return policy
