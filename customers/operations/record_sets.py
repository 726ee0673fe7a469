from collections.abc import Collection
from typing import Any

from django.db.models import Model

from customers.audit.record import record
from customers.choices import AuditKind


def sets_of(row: Model, names: Collection[str]) -> dict[str, list[str]]:
    """What a row refers to many-to-many, in words; to be compared after a change."""
    return {name: sorted(str(one) for one in getattr(row, name).all()) for name in sorted(names)}


def record_sets(row: Model, before: dict[str, list[str]]) -> None:
    """Put on record what of `before` (see sets_of) is no longer so. Such changes write no column of the row."""
    now = sets_of(row, before)
    changes: dict[str, list[Any]] = {name: [before[name], now[name]] for name in before if before[name] != now[name]}
    if changes:
        record(AuditKind.CHANGED, row, changes=changes)
