from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from analytics.choices import RunKind
from analytics.models import FACTORS, ScoringRun
from analytics.operations.override_sets import override_sets
from analytics.operations.read_facts import FactSheet
from analytics.operations.version_parameters import parameter_sets
from analytics.scoring.population import PopulationScores
from analytics.sql.arrays import Array, as_moment
from analytics.sql.newest_snapshots import newest_scores, newest_snapshots

# A snapshot is kept when the score moved by so many points, or after so long.
NOTICEABLE = 1.0
PERIOD = timedelta(days=30)

Columns = dict[str, Array]


@dataclass(frozen=True, slots=True)
class ComputedScores:
    """Columns ready to be written, by attname: of CustomerScore, and of the snapshots that are due."""

    count: int
    scores: Columns
    snapshots: Columns
    moved: Array  # beside each snapshot: whether the score moved noticeably since the one before


def compute_scores(*, sheet: FactSheet, run: ScoringRun, at: datetime) -> ComputedScores:
    """Score everybody on the sheet by the run's version and compare with thirty days before. Writes nothing.

    Three queries whatever the sheet holds, and those of override_sets where the version has overrides. Raises
    ValueError for a fact with an impossible value."""
    ids, whose = sheet.customer_ids, sheet.whose
    sets = override_sets(version=run.version, whose=whose, customer_ids=ids, at=run.as_of)
    result = sheet.scores(parameter_sets(run.version), sets)
    long_ago = newest_snapshots(ids, whose=whose, by=run.as_of - PERIOD)
    recent = newest_scores(ids, whose=whose, after=run.as_of - PERIOD, by=run.as_of)
    figures = {**_figures(sheet, run, result, at), "override": sets}
    change, factor = _change(result, long_ago)
    scores = {
        **figures,
        "run_id": np.full(len(ids), run.pk),
        "refresh_at": sheet.refresh_at,
        "change": change,
        "change_factor": factor,
    }
    due = np.ones(len(ids), dtype=bool) if run.kind == RunKind.REPLAY else _is_due(result.score, recent)
    before = np.where(np.isnan(recent), long_ago[:, 0], recent)
    moved = np.abs(result.score - before) >= NOTICEABLE  # never of a first score: NaN is not
    return ComputedScores(len(ids), scores, {name: column[due] for name, column in figures.items()}, moved[due])


def _figures(sheet: FactSheet, run: ScoringRun, result: PopulationScores, at: datetime) -> Columns:
    """The columns of ScoreFigures, and the customer."""
    n = len(sheet.customer_ids)
    columns: Columns = {
        "customer_id": sheet.customer_ids,
        "version_id": np.full(n, run.version_id),
        "as_of": np.full(n, as_moment(run.as_of)),
        "computed_at": np.full(n, as_moment(at)),
        "activity_version": sheet.versions,
        "score": result.score,
        "raw": result.raw,
        "low_evidence": result.low_evidence,
    }
    for i, name in enumerate(FACTORS):
        columns[name] = result.factors[:, i]
        columns[f"{name}_n"] = result.n_eff[:, i]
        columns[f"{name}_contribution"] = result.contributions[:, i]
        columns[f"{name}_points"] = result.points[:, i]
    return columns


def _change(result: PopulationScores, past: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points against the newest snapshot thirty days old or older, and the code of the factor that moved it most in
    the direction in which it moved (points are in proportion to contributions, SCORES.md §1); NaN: none."""
    change = result.score - past[:, 0]
    pull = np.sign(change)[:, np.newaxis] * (result.contributions - past[:, 1:])
    moved = ~np.isnan(change) & (change != 0.0)
    factor = np.full(len(change), np.nan)
    factor[moved] = np.argmax(pull[moved], axis=1) + 1
    return change, factor


def _is_due(scores: NDArray[np.float64], recent: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether the history of each customer gets a new row."""
    return np.isnan(recent) | (np.abs(scores - recent) >= NOTICEABLE)
