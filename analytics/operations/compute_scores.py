from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.choices import RunKind
from analytics.models import FACTORS, ScoringRun
from analytics.operations.override_sets import override_sets
from analytics.operations.read_facts import FactSheet
from analytics.operations.version_parameters import parameter_sets
from analytics.scoring.population import PopulationScores
from analytics.sql.newest_snapshots import PastScore, newest_snapshots

# A snapshot is kept when the score moved by so many points, or after so long.
NOTICEABLE = 1.0
PERIOD = timedelta(days=30)

Columns = dict[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class ComputedScores:
    """Columns ready to be written, by attname: of CustomerScore, and of the snapshots that are due."""

    count: int
    scores: Columns
    snapshots: Columns


def compute_scores(*, sheet: FactSheet, run: ScoringRun, at: datetime) -> ComputedScores:
    """Score everybody on the sheet by the run's version and compare with thirty days before. Writes nothing.

    Three queries whatever the sheet holds. Raises ValueError for a fact with an impossible value."""
    sets = override_sets(version=run.version, whose=sheet.whose, customer_ids=sheet.customer_ids, at=run.as_of)
    result = sheet.scores(parameter_sets(run.version), sets)
    ids = sheet.customer_ids
    long_ago = newest_snapshots(whose=sheet.whose, by=run.as_of - PERIOD)
    recent = newest_snapshots(whose=sheet.whose, by=run.as_of, after=run.as_of - PERIOD)
    figures = {**_figures(sheet, run, result, at), "override": sets.tolist()}
    moved = zip(ids, result.score.tolist(), result.contributions, strict=True)
    changes = [_change(score, contributions, long_ago.get(pk)) for pk, score, contributions in moved]
    scores = {
        **figures,
        "run_id": [run.pk] * len(ids),
        "refresh_at": sheet.refresh_at,
        "change": [change for change, _factor in changes],
        "change_factor": [factor for _change, factor in changes],
    }
    due = _due(ids, result.score, recent, everybody=run.kind == RunKind.REPLAY)
    return ComputedScores(len(ids), scores, {name: [column[i] for i in due] for name, column in figures.items()})


def _figures(sheet: FactSheet, run: ScoringRun, result: PopulationScores, at: datetime) -> Columns:
    """The columns of ScoreFigures, and the customer."""
    n = len(sheet.customer_ids)
    columns: Columns = {
        "customer_id": sheet.customer_ids,
        "version_id": [run.version_id] * n,
        "as_of": [run.as_of] * n,
        "computed_at": [at] * n,
        "activity_version": sheet.versions,
        "score": result.score.tolist(),
        "raw": result.raw.tolist(),
        "low_evidence": result.low_evidence.tolist(),
    }
    for i, name in enumerate(FACTORS):
        columns[name] = result.factors[:, i].tolist()
        columns[f"{name}_n"] = result.n_eff[:, i].tolist()
        columns[f"{name}_contribution"] = result.contributions[:, i].tolist()
        columns[f"{name}_points"] = result.points[:, i].tolist()
    return columns


def _change(
    score: float, contributions: NDArray[np.float64], past: PastScore | None
) -> tuple[float | None, int | None]:
    """Points against the newest snapshot thirty days old or older, and the code of the factor that moved it most in
    the direction in which it moved (points are in proportion to contributions, SCORES.md §1)."""
    if past is None:
        return None, None
    change = score - past.score
    if change == 0.0:
        return change, None
    pull = np.sign(change) * (contributions - np.array(past.contributions))
    return change, int(np.argmax(pull)) + 1


def _due(
    ids: Sequence[int], scores: NDArray[np.float64], recent: dict[int, PastScore], *, everybody: bool
) -> list[int]:
    """Positions of the customers whose history gets a new row."""
    return [
        i
        for i, (pk, score) in enumerate(zip(ids, scores.tolist(), strict=True))
        if everybody or pk not in recent or abs(score - recent[pk].score) >= NOTICEABLE
    ]
