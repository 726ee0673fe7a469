"""What moved a score: the exact split of a change between two dates, down to single observations (SCORES.md §1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from analytics.scoring.satisfaction import Evidence, FactorResult, Satisfaction, score_of_z


class Cause(StrEnum):
    """Why an observation moved the score."""

    NEW = "new"  # it happened, or was recorded, in between
    GONE = "gone"  # superseded or excluded in between
    CHANGED = "changed"  # a reply still waited for: x falls every minute
    AGED = "aged"  # the same x, now with less weight, or among more others


@dataclass(frozen=True, slots=True)
class MovedEvidence:
    """One observation and how many points it moved the score; weights are 0 where it was not there."""

    observation_id: int
    subject_type: str
    subject_id: int
    measure: str
    at: datetime
    cause: Cause
    weight_before: float
    weight_after: float
    points: float


@dataclass(frozen=True, slots=True)
class WaterfallRow:
    """One factor: its value and contribution before and after, and how many points it moved the score.

    The evidence's points sum to the row's.
    """

    name: str
    value_before: float
    value_after: float
    contribution_before: float
    contribution_after: float
    points: float
    evidence: tuple[MovedEvidence, ...]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """A change of score, in points; the points of the four rows sum to it."""

    score_before: float
    score_after: float
    points: float
    rows: tuple[WaterfallRow, ...]


def waterfall(before: Satisfaction, after: Satisfaction) -> Waterfall:
    """Split the change between two scores of a customer: Δpoints_k = Δscore·Δc_k/ΣΔc (SCORES.md §1).

    Where the contributions cancel out (ΣΔc = 0) each still shows its points by the slope of the score there. The
    scores may rest on different parameters; a moved baseline then counts among the factor's points.
    """
    slope = points_per_z_between(before.z, after.z)
    rows = tuple(_row(one, other, slope) for one, other in zip(before.factors, after.factors, strict=True))
    return Waterfall(before.score, after.score, after.score - before.score, rows)


def points_moved(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """How many points each factor moved a score, from its contributions before and after; they sum to the change."""
    slope = points_per_z_between(math.fsum(before), math.fsum(after))
    return [slope * (new - old) for old, new in zip(before, after, strict=True)]


def points_per_z_between(first: float, second: float) -> float:
    """Δscore/Δz between two z; where they meet, its limit score·(100 - score)/100.

    Written as 100·σ(high)·σ(-low)·(1 - e^-Δ)/Δ, which equals it and stays exact however small Δ is.
    """
    low, high = min(first, second), max(first, second)
    gap = high - low
    shrinkage = -math.expm1(-gap) / gap if gap > 0.0 else 1.0
    return score_of_z(high) * score_of_z(-low) / 100.0 * shrinkage


def _row(before: FactorResult, after: FactorResult, slope: float) -> WaterfallRow:
    return WaterfallRow(
        name=after.name,
        value_before=before.value,
        value_after=after.value,
        contribution_before=before.contribution,
        contribution_after=after.contribution,
        points=slope * (after.contribution - before.contribution),
        evidence=_evidence(before, after, slope),
    )


def _evidence(before: FactorResult, after: FactorResult, slope: float) -> tuple[MovedEvidence, ...]:
    old = {row.observation_id: row for row in before.evidence}
    new = {row.observation_id: row for row in after.evidence}
    for key, row in _repeated(old, new):
        old[row.observation_id] = old.pop(key)
    moved = [_moved(old.get(key), new.get(key), slope) for key in {**old, **new}]
    return tuple(sorted(moved, key=lambda row: (row.at, row.observation_id)))


def _repeated(old: dict[int, Evidence], new: dict[int, Evidence]) -> list[tuple[int, Evidence]]:
    """Facts that another row says once more, such as one that was left out and taken back: by the key of the old row.
    They only aged, and are not two that cancel out."""

    def said(row: Evidence) -> tuple[object, ...]:
        return row.subject_type, row.subject_id, row.measure, row.at, row.x

    fresh = {said(row): row for key, row in new.items() if key not in old}
    gone = {said(row): key for key, row in old.items() if key not in new}
    return [(key, fresh[what]) for what, key in gone.items() if what in fresh]


def _moved(old: Evidence | None, new: Evidence | None, slope: float) -> MovedEvidence:
    known = new or old
    if known is None:
        raise ValueError("an observation must be known before or after")
    contribution = (new.contribution if new else 0.0) - (old.contribution if old else 0.0)
    return MovedEvidence(
        observation_id=known.observation_id,
        subject_type=known.subject_type,
        subject_id=known.subject_id,
        measure=known.measure,
        at=known.at,
        cause=_cause(old, new),
        weight_before=old.weight if old else 0.0,
        weight_after=new.weight if new else 0.0,
        points=slope * contribution,
    )


def _cause(old: Evidence | None, new: Evidence | None) -> Cause:
    if old is None:
        return Cause.NEW
    if new is None:
        return Cause.GONE
    return Cause.AGED if old.x == new.x else Cause.CHANGED
