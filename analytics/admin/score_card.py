"""A customer's stored score, ready to be shown: factors, what moved it, its history. No look at single facts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum
from typing import Any

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analytics.admin.score_display import points, pull, tone_of
from analytics.choices import FACTOR_NAMES
from analytics.models import FACTORS, CustomerScore, ScoreModelVersion, ScoreSnapshot
from analytics.operations.rank_words import rank
from analytics.operations.score_distribution import percentile_of
from analytics.operations.version_parameters import override_name, parameters_of
from analytics.scoring.waterfall import points_per_z_between
from customers.models import Customer

LONG_AGO = timedelta(days=30)
HISTORY_MONTHS = 24
HISTORY_ROWS = 120


@dataclass(frozen=True, slots=True)
class FactorLine:
    """One factor of the formula, with its bar."""

    name: str
    value: str
    baseline: str
    n_eff: float
    points: SafeString
    bar: SafeString
    low_evidence: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved the score since `since`: points per factor, which sum to `total`. `versions`: the numbers of both
    model versions, where the score before was made by another one, whose share stands among the points."""

    since: datetime
    before: int
    total: SafeString
    lines: list[tuple[Any, SafeString, SafeString]]
    versions: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class VersionMark:
    """Where a chart goes on by another version of the model."""

    month: str
    version: ScoreModelVersion


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """Everything the page says about the score."""

    row: CustomerScore
    number: int
    tone: str
    dial: str
    rank: str
    factors: list[FactorLine]
    moved: Moved | None
    snapshots: list[ScoreSnapshot]
    chart: dict[str, Any]
    is_stale: bool
    override: str  # the segment whose parameters made it
    marks: list["VersionMark"]

    @property
    def reached(self) -> list[float]:
        """The scores that the chart shows."""
        return [value for value in self.chart["datasets"][0]["data"] if value is not None]


def score_card(
    customer: Customer, row: CustomerScore | None, distribution: dict[str, Any] | None, *, at: datetime
) -> ScoreCard | None:
    """The card of a stored score, or None where the customer has none yet. One query."""
    if row is None:
        return None
    rows = ScoreSnapshot.objects.filter(customer=customer).select_related("version")
    snapshots = list(rows.order_by("-as_of")[:HISTORY_ROWS])
    chart, marks = history_chart(row, snapshots, at=at)
    percentile = percentile_of(row.score, distribution)
    return ScoreCard(
        row=row,
        number=round(row.score),
        tone=tone_of(row.score),
        dial=f"{row.score * 0.75:.2f}",  # the dial is three quarters of a circle of length 100
        rank=rank(percentile),
        factors=_factors(row),
        moved=_moved(row, snapshots),
        snapshots=snapshots,
        chart=chart,
        is_stale=row.activity_version != customer.activity_version or row.refresh_at <= at,
        override=override_name(row),
        marks=marks,
    )


def shown_value(name: str, value: float) -> str:
    """A factor in its unit: a share as percent, the price as a ratio to the reference."""
    return f"× {number_format(value, 2)}" if name == "price" else f"{number_format(100 * value, 0)} %"


def _factors(row: CustomerScore) -> list[FactorLine]:
    parameters = dict(parameters_of(row))
    most = max(5.0, *(abs(getattr(row, f"{name}_points")) for name in FACTORS))
    return [
        FactorLine(
            name=str(FACTOR_NAMES[name]),
            value=shown_value(name, getattr(row, name)),
            baseline=shown_value(name, parameters[name].baseline),
            n_eff=getattr(row, f"{name}_n"),
            points=points(getattr(row, f"{name}_points")),
            bar=pull(getattr(row, f"{name}_points"), most=most),
            low_evidence=getattr(row, f"{name}_n") < parameters[name].prior_weight,
        )
        for name in FACTORS
    ]


def _moved(row: CustomerScore, snapshots: list[ScoreSnapshot]) -> Moved | None:
    before = next((old for old in snapshots if old.as_of <= row.as_of - LONG_AGO), None)
    if before is None:
        return None
    shifts = {name: getattr(row, f"{name}_contribution") - getattr(before, f"{name}_contribution") for name in FACTORS}
    slope = points_per_z_between(_z(before), _z(row))
    most = max(1.0, *(abs(slope * shift) for shift in shifts.values()))
    return Moved(
        since=before.as_of,
        before=round(before.score),
        total=points(row.score - before.score),
        lines=[
            (FACTOR_NAMES[name], points(slope * shift), pull(slope * shift, most=most))
            for name, shift in shifts.items()
        ],
        versions=None if before.version_id == row.version_id else (before.version.number, row.version.number),
    )


def _z(row: CustomerScore | ScoreSnapshot) -> float:
    return fsum(getattr(row, f"{name}_contribution") for name in FACTORS)


def history_chart(
    row: CustomerScore, snapshots: list[ScoreSnapshot], *, at: datetime
) -> tuple[dict[str, Any], list[VersionMark]]:
    """The score at the end of each month, for Chart.js: snapshots come when something happened, months evenly. With
    the months from which on it goes by another version of the model, each a triangle on the line."""
    ends = [month_end(at, back) for back in range(HISTORY_MONTHS, 0, -1)]
    points_in_time: list[CustomerScore | ScoreSnapshot | None] = [
        next((old for old in snapshots if old.as_of <= end), None) for end in ends
    ]
    labels = [f"{end - timedelta(days=1):%Y-%m}" for end in ends]
    first = next((i for i, point in enumerate(points_in_time) if point is not None), len(points_in_time))
    labels = [*labels[first:], f"{at:%Y-%m}"]
    line = [point for point in points_in_time[first:] if point is not None] + [row]
    values = [round(point.score, 1) for point in line]
    turns = [i for i in range(1, len(line)) if line[i].version_id != line[i - 1].version_id]
    chart = {
        "labels": labels,
        "datasets": [
            {
                "data": values,
                "borderColor": "var(--color-primary-500)",
                "backgroundColor": "var(--color-primary-500)",
                "pointRadius": 2 if len(values) < 8 else 0,
                "tension": 0.25,
            },
            {"data": [50] * len(values), "borderColor": "#9aa7ad", "borderDash": [4, 4], "borderWidth": 1},
        ],
    }
    if turns:
        chart["datasets"].append(_triangles(values, turns))  # type: ignore[attr-defined]
    return chart, [VersionMark(labels[i], line[i].version) for i in turns]


def _triangles(values: list[float], turns: list[int]) -> dict[str, Any]:
    return {
        "data": [value if i in turns else None for i, value in enumerate(values)],
        "label": _("another version of the model"),
        "showLine": False,
        "pointStyle": "triangle",
        "pointRadius": 7,
        "pointHoverRadius": 8,
        "backgroundColor": "#d9993c",
        "borderColor": "#d9993c",
    }


def month_end(at: datetime, back: int) -> datetime:
    """The first moment of the month `back` - 1 months before that of `at`: the end of the month before it."""
    month = at.year * 12 + at.month - back
    return at.replace(year=month // 12, month=month % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
