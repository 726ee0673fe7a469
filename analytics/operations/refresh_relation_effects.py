import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from analytics.models import RelationEffect
from analytics.scoring.relation_effects import Effect, relation_effects
from analytics.sql.late_relations import late_tickets, ties_of
from analytics.sql.profiled import unprofiled_among
from analytics.sql.upsert import upsert

Found = TypeVar("Found")

DECIMALS = 6
# So many reasons are kept of one customer: what a person reads.
MOST_SOURCES = 20


def refresh_relation_effects(*, at: datetime) -> int:
    """Work out anew what everybody feels of the late tickets of their relations; returns how many feel something.

    The cost follows the late tickets, not the customers. May be lost, doubled or run twice at once: what is newer
    stands, and what nobody feels any more is deleted."""
    on = timezone.localdate(at)
    late = _profiled(late_tickets(at=at))
    near = list(ties_of(customer_ids=late.keys(), on=on))
    middle = {tie.other(end) for tie in near if tie.is_corporate for end in (tie.first, tie.second) if end in late}
    effects = relation_effects(late, [*near, *ties_of(customer_ids=middle - late.keys(), on=on)])
    felt = _profiled(effects)
    _write(felt, at)
    return len(felt)


def _profiled(found: dict[int, Found]) -> dict[int, Found]:
    """Without customers who objected to profiling, or whose data is restricted: nothing is told of them or by them."""
    left_out = unprofiled_among(found)
    return {pk: value for pk, value in found.items() if pk not in left_out}


@transaction.atomic
def _write(effects: dict[int, Effect], at: datetime) -> None:
    customers = sorted(effects)  # everybody locks rows in the same order
    columns: dict[str, Sequence[Any]] = {
        "customer_id": customers,
        "points": [round(effects[pk].points, DECIMALS) for pk in customers],
        "tickets": [effects[pk].tickets for pk in customers],
        "sources": [_sources(effects[pk]) for pk in customers],
        "at": [at] * len(customers),
    }
    upsert(RelationEffect, columns, key=["customer_id"], newest="at")
    RelationEffect.objects.filter(at__lt=at).delete()


def _sources(effect: Effect) -> str:
    return json.dumps(
        [
            {
                "customer": row.customer,
                "tickets": row.tickets,
                "via": row.via,
                "points": round(row.points, DECIMALS),
            }
            for row in effect.sources[:MOST_SOURCES]
        ]
    )
