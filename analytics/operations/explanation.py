from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from analytics.operations.fact_words import describe
from analytics.scoring.facts import MeasureCode
from analytics.scoring.parameters import FactorCode
from analytics.scoring.satisfaction import Evidence, FactorResult, Satisfaction
from analytics.scoring.waterfall import Waterfall
from customers.choices import SubjectType
from customers.models import Observation, Order


@dataclass(frozen=True, slots=True)
class ChangedFact:
    """A fact that came on record after a score was computed (recorded; by a person: excluded, readmitted), or went
    (superseded)."""

    row: Observation
    what: str


@dataclass(frozen=True, slots=True)
class Movement:
    """What moved the score since `since`; `version` made the score then, and may be another one than now."""

    since: datetime
    waterfall: Waterfall
    version: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score with everything behind it; made by explain_score.

    score: points, the stored number where there is one. satisfaction: its factors and their evidence, whose points
    sum to score - 50. rows: the facts behind the evidence, by observation. percentile: of the score among all
    customers' current ones. stored, replayed, now: the stored number, the same from what was on record then, and
    from what is on record now. is_stale: this is the current score, and a sweep will soon compute it anew. decisions:
    the facts that somebody had left out or taken back when the score was computed. standing: observations of the
    evidence that still stand now, so that somebody may leave them out. orders: those that facts are about, by key.
    """

    customer_id: int
    as_of: datetime
    version: int | None
    score: float
    satisfaction: Satisfaction
    rows: Mapping[int, Observation]
    percentile: float | None
    now: float
    is_stale: bool
    override: str = ""  # the segment whose parameters made it
    stored: float | None = None
    replayed: float | None = None
    changed_since: tuple[ChangedFact, ...] = field(default=())
    moved: Movement | None = None
    decisions: tuple[Observation, ...] = field(default=())
    standing: frozenset[int] = field(default=frozenset())
    orders: Mapping[int, Order] = field(default_factory=dict)

    def said(self, row: Observation) -> str:
        """A fact in words."""
        order = self.orders.get(row.subject_id) if row.subject_type == SubjectType.ORDER else None
        return describe(row, as_of=self.as_of, order=order)

    def left_out(self, factor: str) -> list[Observation]:
        """The facts of a factor that the score leaves out, as somebody decided."""
        return [
            row
            for row in self.decisions
            if row.factor == FactorCode[factor.upper()] and row.is_exclusion and not self._is_over(row)
        ]

    def decision_on(self, observation_id: int) -> Observation | None:
        """Who left out for a time that is over, or took back, this piece of evidence; None where nobody did."""
        return next((row for row in self.decisions if row.pk == observation_id), None)

    def _is_over(self, row: Observation) -> bool:
        return row.excluded_until is not None and row.excluded_until <= self.as_of

    @property
    def low_evidence(self) -> bool:
        """The score is never shown without saying so."""
        return self.satisfaction.low_evidence

    def as_dict(self) -> dict[str, Any]:
        """The JSON shape of DESIGN.md, with the extra keys of an explanation. Times are ISO 8601."""
        return {
            "customer": self.customer_id,
            "as_of": self.as_of.isoformat(),
            "version": self.version,
            "score": self.score,
            "raw": self.satisfaction.raw,
            "low_evidence": self.low_evidence,
            "percentile": self.percentile,
            "factors": [self._factor(factor) for factor in self.satisfaction.factors],
            "override": self.override or None,
            "stored": self.stored,
            "replayed": self.replayed,
            "now": self.now,
            "stale": self.is_stale,
            "changed_since": [self._changed(change) for change in self.changed_since],
            "moved": None if self.moved is None else _moved(self.moved),
        }

    def _factor(self, factor: FactorResult) -> dict[str, Any]:
        return {
            "name": factor.name,
            "value": factor.value,
            "baseline": factor.baseline,
            "n_eff": factor.n_eff,
            "contribution": factor.contribution,
            "points": factor.points,
            "low_evidence": factor.low_evidence,
            "evidence": [self._evidence(row) for row in factor.evidence],
            "left_out": [self._left_out(row) for row in self.left_out(factor.name)],
        }

    def _evidence(self, row: Evidence) -> dict[str, Any]:
        """`value` is x of SCORES.md; `given` and `reference` are the fact itself, such as a rating of 4."""
        fact = self.rows[row.observation_id]
        decision = self.decision_on(row.observation_id)
        return {
            "observation": row.observation_id,
            "type": row.subject_type,
            "id": row.subject_id,
            "at": row.at.isoformat(),
            "value": row.x,
            "weight": row.weight,
            "points": row.points,
            "measure": row.measure,
            "given": fact.value,
            "reference": fact.reference,
            "said": self.said(fact),
            "decision": None if decision is None else _decision(decision),
        }

    def _left_out(self, row: Observation) -> dict[str, Any]:
        return {
            "observation": row.pk,
            "type": row.subject_type,
            "id": row.subject_id,
            "at": row.at.isoformat(),
            "measure": MeasureCode(row.measure).label,
            "given": row.value,
            "reference": row.reference,
            "said": self.said(row),
            "decision": _decision(row),
        }

    def _changed(self, change: ChangedFact) -> dict[str, Any]:
        row = change.row
        return {
            "what": change.what,
            "observation": row.pk,
            "type": row.subject_type,
            "id": row.subject_id,
            "at": row.at.isoformat(),
            "recorded_at": row.recorded_at.isoformat(),
            "measure": MeasureCode(row.measure).label,
            "given": row.value,
            "reference": row.reference,
            "said": self.said(row),
            "reason": row.reason,
            "by": row.excluded_by_id,
            "until": row.excluded_until.isoformat() if row.excluded_until else None,
        }


def _decision(row: Observation) -> dict[str, Any]:
    return {
        "what": "excluded" if row.is_exclusion else "readmitted",
        "reason": row.reason,
        "by": row.excluded_by_id,
        "at": row.recorded_at.isoformat(),
        "until": row.excluded_until.isoformat() if row.excluded_until else None,
    }


def _moved(moved: Movement) -> dict[str, Any]:
    fall = moved.waterfall
    return {
        "since": moved.since.isoformat(),
        "version": moved.version,
        "score": fall.score_before,
        "points": fall.points,
        "factors": [
            {
                "name": row.name,
                "points": row.points,
                "evidence": [
                    {
                        "type": piece.subject_type,
                        "id": piece.subject_id,
                        "at": piece.at.isoformat(),
                        "cause": str(piece.cause),
                        "points": piece.points,
                    }
                    for piece in row.evidence
                ],
            }
            for row in fall.rows
        ],
    }
