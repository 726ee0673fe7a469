import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models import ScoreModelVersion
from analytics.operations.override_sets import override_sets
from analytics.operations.preview_groups import (
    MOST_MOVERS,
    is_member,
    shared_segments,
    told_by_override,
    told_by_segment,
)
from analytics.operations.readable_facts import Readable, readable_facts
from analytics.operations.score_distribution import BINS
from analytics.operations.version_parameters import parameter_sets
from analytics.scoring.population import PopulationScores, score_population
from customers.segments.facts import Catalogue

# Points from which on a customer counts as moved.
STEPS = (1.0, 5.0, 10.0)
NOTICEABLE = 5.0
LEAST = 0.05  # whoever moves less is no mover

Floats = NDArray[np.float64]


@dataclass(slots=True)
class _Side:
    """How the scores of one version lie."""

    total: float = 0.0
    low_evidence: int = 0
    histogram: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, dtype=np.int64))

    def add(self, result: PopulationScores) -> None:
        self.total += float(result.score.sum())
        self.low_evidence += int(result.low_evidence.sum())
        self.histogram += np.histogram(result.score, bins=BINS, range=(0.0, 100.0))[0]

    def as_dict(self, customers: int) -> dict[str, Any]:
        mean = self.total / customers if customers else None
        return {"mean": mean, "low_evidence": self.low_evidence, "histogram": self.histogram.tolist()}


@dataclass(slots=True)
class _Group:
    """The members of a segment, or of an override."""

    customers: int = 0
    before: float = 0.0
    after: float = 0.0
    rose: int = 0
    fell: int = 0

    def add(self, before: Floats, after: Floats) -> None:
        self.customers += before.size
        self.before += float(before.sum())
        self.after += float(after.sum())
        self.rose += int((after - before >= NOTICEABLE).sum())
        self.fell += int((before - after >= NOTICEABLE).sum())

    def as_dict(self) -> dict[str, Any]:
        n = self.customers
        return {
            "customers": n,
            "before": self.before / n if n else None,
            "after": self.after / n if n else None,
            "rose": self.rose,
            "fell": self.fell,
        }


def preview_version(
    *,
    version: ScoreModelVersion,
    against: ScoreModelVersion,
    as_of: datetime,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Who would move, and how far, if `version` were in force instead of `against`: both score everybody by the same
    facts as of a moment. Writes nothing.

    {"customers", "before", "after": {"mean", "low_evidence", "histogram": how many per 5 points}, "moved": {"1", "5",
    "10": how many by so many points or more}, "rose", "fell": by 5 or more, "up", "down": the farthest, [{"customer",
    "before", "after", "factor"}], "segments", "overrides": [{"segment", "name", "customers", "before", "after": mean
    scores, "rose", "fell"}]}. `tell` hears how many of all customers were read."""
    sides, everybody = (_Side(), _Side()), _Group()
    moved = dict.fromkeys(STEPS, 0)
    segments = {segment: _Group() for segment in shared_segments()}
    overrides = [_Group() for _override in version.overrides]
    up: list[dict[str, Any]] = []
    down: list[dict[str, Any]] = []
    for part in readable_facts(as_of=as_of):
        before, after, sets = _both(part, against, version, as_of)
        for side, result in zip(sides, (before, after), strict=True):
            side.add(result)
        everybody.add(before.score, after.score)
        change = after.score - before.score
        for step in STEPS:
            moved[step] += int((np.abs(change) >= step).sum())
        up = heapq.nlargest(MOST_MOVERS, [*up, *_movers(part, before, after, change)], key=_rise)
        down = heapq.nsmallest(MOST_MOVERS, [*down, *_movers(part, before, after, -change)], key=_rise)
        catalogue = Catalogue(None)
        for segment, group in segments.items():
            ids, whose = part.sheet.customer_ids, part.sheet.whose
            rows = is_member(segment, whose=whose, customer_ids=ids, at=as_of, catalogue=catalogue)
            group.add(before.score[rows], after.score[rows])
        for number, group in enumerate(overrides, start=1):
            group.add(before.score[sets == number], after.score[sets == number])
        tell(part.done, part.total)
    return {
        "customers": everybody.customers,
        "before": sides[0].as_dict(everybody.customers),
        "after": sides[1].as_dict(everybody.customers),
        "moved": {f"{step:g}": count for step, count in moved.items()},
        "rose": everybody.rose,
        "fell": everybody.fell,
        "up": up,
        "down": down,
        "segments": told_by_segment(segments.items()),
        "overrides": told_by_override(version.overrides, overrides),
    }


def _both(
    part: Readable, against: ScoreModelVersion, version: ScoreModelVersion, as_of: datetime
) -> tuple[PopulationScores, PopulationScores, NDArray[np.int64]]:
    """The scores of both versions, and which override of the later one is whose."""
    first, _sets = _scores(part, against, as_of)
    second, sets = _scores(part, version, as_of)
    return first, second, sets


def _scores(part: Readable, version: ScoreModelVersion, as_of: datetime) -> tuple[PopulationScores, NDArray[np.int64]]:
    sheet, given = part.sheet, part.given
    sets = override_sets(version=version, whose=sheet.whose, customer_ids=sheet.customer_ids, at=as_of)
    who = len(sheet.customer_ids)
    result = score_population(
        given.positions, given.factors, given.x, given.age_days, who, parameter_sets(version), sets
    )
    return result, sets


def _movers(
    part: Readable, before: PopulationScores, after: PopulationScores, pull: Floats
) -> Iterator[dict[str, Any]]:
    """Those whom `pull` moved farthest, with the factor that moved them most (see compute_scores)."""
    farthest = np.argsort(-pull, kind="stable")[:MOST_MOVERS]
    for place in farthest[pull[farthest] >= LEAST].tolist():
        sign = np.sign(after.score[place] - before.score[place])
        shifts = sign * (after.contributions[place] - before.contributions[place])
        yield {
            "customer": int(part.sheet.customer_ids[place]),
            "before": float(before.score[place]),
            "after": float(after.score[place]),
            "factor": int(np.argmax(shifts)) + 1,
        }


def _rise(mover: dict[str, Any]) -> float:
    return float(mover["after"] - mover["before"])
