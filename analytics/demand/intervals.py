"""Intervals from the scaled residuals of the back-test, pooled over all series by horizon: few windows of one series
alone promise 80 % and hold 58 %."""

import numpy as np
from scipy.stats import norm, t

from analytics.demand.metrics import LEVELS
from analytics.demand.panel import Array, mean_of

# Of fewer residuals their quantiles say little.
FEWEST = 40
# So many horizons before and after one are pooled with it: bounds that jump from week to week tell of chance alone.
NEIGHBOURS = 2
LATE_STEPS = 52


def scale_of(history: Array) -> Array:
    """What residuals are measured in, by series: how far demand jumps from step to step, at least what chance alone
    does to counts of this level, and never 0."""
    late = history[:, -LATE_STEPS:]
    jumps = mean_of(np.abs(late[:, 1:] - late[:, :-1]))
    level = mean_of(late)
    scale: Array = np.maximum(np.maximum(jumps, 0.8 * np.sqrt(level)), 0.25)
    return scale


def scale_ahead(history: Array, forecast: Array) -> Array:
    """The same for each step ahead: a higher forecast errs by more."""
    level = mean_of(history[:, -LATE_STEPS:])[:, None]
    ahead: Array = scale_of(history)[:, None] * np.sqrt((np.maximum(forecast, 0.0) + 1.0) / (level + 1.0))
    return ahead


def pooled_quantiles(residuals: Array) -> Array:
    """Quantiles (horizon × LEVELS) of scaled residuals (anything × horizon; NaN: none), of each horizon with its
    neighbours. Where these are few, of all horizons; where all are few, Student's t around their mean."""
    horizon = residuals.shape[1]
    found = np.empty((horizon, len(LEVELS)))
    everything = residuals[np.isfinite(residuals)]
    for ahead in range(horizon):
        own = residuals[:, max(ahead - NEIGHBOURS, 0) : ahead + NEIGHBOURS + 1]
        own = own[np.isfinite(own)]
        found[ahead] = _quantiles(own if own.size >= FEWEST else everything)
    return found


def _quantiles(residuals: Array) -> Array:
    n = residuals.size
    if n >= FEWEST:
        # As split conformal: of n residuals the bound is the ceil((n + 1)q)-th, so a little outside the plain quantile.
        out = [_outer(level, n) for level in LEVELS]
        return np.quantile(residuals, out)
    if n < 3:
        return norm.ppf(LEVELS) * 2.0  # type: ignore[no-any-return]
    spread = max(float(residuals.std(ddof=1)), 0.5) * np.sqrt(1 + 1 / n)
    quantiles: Array = float(residuals.mean()) + spread * t.ppf(LEVELS, n - 1)
    return quantiles


def _outer(level: float, n: int) -> float:
    if level == 0.5:
        return level
    upper = min(1.0, np.ceil((n + 1) * max(level, 1 - level)) / n)
    return float(upper if level > 0.5 else 1 - upper)
