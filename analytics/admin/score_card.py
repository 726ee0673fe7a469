"""A customer's stored score, ready to be shown: factors, what moved it, its history. No look at single facts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum
from typing import Any

from django.utils.formats import number_format
from django.utils.safestring import SafeString

from analytics.admin.score_display import FACTOR_NAMES, points, pull, tone_of
from analytics.admin.words import rank
from analytics.models import FACTORS, CustomerScore, ScoreSnapshot
from analytics.operations.score_distribution import percentile_of
from analytics.scoring.parameters import ScoreParameters
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
    """What moved the score since `since`: points per factor, which sum to `total`."""

    since: datetime
    before: int
    total: SafeString
    lines: list[tuple[Any, SafeString, SafeString]]


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
    snapshots = list(ScoreSnapshot.objects.filter(customer=customer).order_by("-as_of")[:HISTORY_ROWS])
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
        chart=history_chart(row, snapshots, at=at),
        is_stale=row.activity_version != customer.activity_version or row.refresh_at <= at,
    )


def shown_value(name: str, value: float) -> str:
    """A factor in its unit: a share as percent, the price as a ratio to the reference."""
    return f"× {number_format(value, 2)}" if name == "price" else f"{number_format(100 * value, 0)} %"


def _factors(row: CustomerScore) -> list[FactorLine]:
    parameters = dict(ScoreParameters.from_dict(row.version.parameters))
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
    )


def _z(row: CustomerScore | ScoreSnapshot) -> float:
    return fsum(getattr(row, f"{name}_contribution") for name in FACTORS)


def history_chart(row: CustomerScore, snapshots: list[ScoreSnapshot], *, at: datetime) -> dict[str, Any]:
    """The score at the end of each month, for Chart.js: snapshots come when something happened, months evenly."""
    ends = [month_end(at, back) for back in range(HISTORY_MONTHS, 0, -1)]
    values: list[float | None] = [
        next((round(old.score, 1) for old in snapshots if old.as_of <= end), None) for end in ends
    ]
    labels = [f"{end - timedelta(days=1):%Y-%m}" for end in ends]
    first = next((i for i, value in enumerate(values) if value is not None), len(values))
    labels, values = [*labels[first:], f"{at:%Y-%m}"], [*values[first:], round(row.score, 1)]
    return {
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


def month_end(at: datetime, back: int) -> datetime:
    """The first moment of the month `back` - 1 months before that of `at`: the end of the month before it."""
    month = at.year * 12 + at.month - back
    return at.replace(year=month // 12, month=month % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
