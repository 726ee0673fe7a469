from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan
from typing import Any, Literal

import numpy as np
from django.db.models import QuerySet

from analytics.models import FACTORS, CustomerScore
from analytics.operations.moment_of import moment_of
from analytics.scoring.waterfall import points_moved
from analytics.sql.change_since import change_since
from analytics.sql.newest_snapshots import newest_snapshots
from analytics.sql.whose import Whose

# Nobody looks at more: those who moved most.
MOST = 10_000
KEYS_AT_ONCE = 1_000
FELL_MUCH = 10.0

Direction = Literal["fell", "rose"]


@dataclass(frozen=True, slots=True)
class Mover:
    """A customer whose score moved: where it stood, where it stands, and which factor moved it most in the direction
    in which it moved. points: by factor; they sum to change."""

    customer_id: int
    before: float
    score: float
    low_evidence: bool
    factor: str
    points: dict[str, float]

    @property
    def change(self) -> float:
        """Points; below 0 it fell."""
        return self.score - self.before


def movers(
    *,
    scores: "QuerySet[CustomerScore]",
    since: datetime,
    points: float = FELL_MUCH,
    direction: Direction = "fell",
    factor: str = "",
    limit: int = MOST,
) -> list[Mover]:
    """Those of the scores that fell (or rose) by `points` or more since a moment, who moved most first: the score now
    against the newest snapshot at or before it, so that whoever has none is left out. `factor`: only those whom this
    one moved most. Of more than MOST only those who moved most are looked at.

    One statement over the scores asked for, and one for each thousand of those found."""
    fell = direction == "fell"
    bound = f"moved__{'lt' if fell else 'gt'}{'e' if points else ''}"  # whoever stayed did not move
    moved: Any = scores.alias(moved=change_since(since)).filter(**{bound: -points if fell else points})
    moved = moved.order_by("moved" if fell else "-moved", "pk")
    columns = ("pk", "score", "low_evidence", *(f"{name}_contribution" for name in FACTORS))
    rows = list(moved.values_list(*columns)[: MOST if factor else min(limit, MOST)])
    found = [mover for mover in _with_factors(rows, since) if not factor or mover.factor == factor]
    return found[:limit]


def beginning_of(text: str) -> datetime:
    """The moment that “since DATE” means: what happened on that day counts. Raises ValueError."""
    return moment_of(text if "T" in text else f"{text}T00:00:00")


def _with_factors(rows: Sequence[tuple[Any, ...]], since: datetime) -> list[Mover]:
    past: dict[int, list[float]] = {}
    for start in range(0, len(rows), KEYS_AT_ONCE):
        keys = sorted(row[0] for row in rows[start : start + KEYS_AT_ONCE])
        stood = newest_snapshots(np.array(keys), whose=Whose.these(keys), by=since)
        past.update(zip(keys, stood.tolist(), strict=True))
    return [_mover(row, past[row[0]]) for row in rows if not isnan(past[row[0]][0])]


def _mover(row: tuple[Any, ...], past: list[float]) -> Mover:
    key, score, low_evidence, *contributions = row
    before, *then = past
    each = points_moved(then, contributions)
    sign = 1 if score > before else -1
    most = max(range(len(FACTORS)), key=lambda i: sign * each[i])
    return Mover(key, before, score, low_evidence, FACTORS[most], dict(zip(FACTORS, each, strict=True)))
