from bisect import bisect_left, bisect_right
from typing import Any

import numpy as np

from analytics.models import CustomerScore, ScoringRun
from analytics.sql.arrays import fetch_arrays

BINS = 20


def score_distribution() -> dict[str, Any] | None:
    """How the scores of all customers lay when a run over everybody last finished; None before the first one.

    {"count", "low_evidence", "quantiles": the 0th to the 100th, "histogram": how many per 5 points, and, where
    anybody bought anything, "categories": see category_statistics}."""
    distribution: dict[str, Any] | None = newest_distribution().first()
    return distribution


def newest_distribution() -> Any:
    """The same as a query of one value, to be read along with something else."""
    return ScoringRun.objects.over_everybody().values_list("distribution", flat=True)


def measure_distribution() -> dict[str, Any]:
    """The distribution of the scores as they are now."""
    sql = f"SELECT score FROM {CustomerScore._meta.db_table}"  # noqa: S608 - the name of a model's table
    scores = fetch_arrays(sql, [], {"score": "f8"})["score"]
    histogram, _edges = np.histogram(scores, bins=BINS, range=(0.0, 100.0))
    return {
        "count": int(scores.size),
        "low_evidence": CustomerScore.objects.filter(low_evidence=True).count(),
        "quantiles": np.quantile(scores, np.linspace(0.0, 1.0, 101)).tolist() if scores.size else [],
        "histogram": histogram.tolist(),
    }


def percentile_of(score: float, distribution: dict[str, Any] | None) -> float | None:
    """How many in a hundred customers score lower, counting half of those who score the same; None where no run over
    everybody has finished."""
    quantiles: list[float] = distribution["quantiles"] if distribution else []
    if not quantiles:
        return None
    left, right = bisect_left(quantiles, score), bisect_right(quantiles, score)
    if left < right:
        return (left + right - 1) / 2
    if left in (0, len(quantiles)):
        return float(min(left, 100))
    below, above = quantiles[left - 1], quantiles[left]
    return left - 1 + (score - below) / (above - below)
