"""How wrong forecasts were. Every function passes over NaN: steps that were censored, series that had not begun."""

import numpy as np

from analytics.demand.panel import Array

LEVELS = (0.025, 0.1, 0.5, 0.9, 0.975)
LOW95, LOW80, MEDIAN, HIGH80, HIGH95 = range(5)


def wape(actual: Array, forecast: Array) -> float:
    """Sum of the absolute errors over the sum of demand; NaN where nothing was demanded."""
    seen = np.isfinite(actual)
    total = float(actual[seen].sum())
    return float(np.abs(actual - forecast)[seen].sum()) / total if total > 0 else float("nan")


def smape(actual: Array, forecast: Array) -> float:
    """As in M4, in per cent: the mean of 200·|y - f|/(|y| + |f|); 0 where both are 0."""
    seen = np.isfinite(actual)
    y, f = actual[seen], forecast[seen]
    size = np.abs(y) + np.abs(f)
    return float(np.mean(200 * np.abs(y - f) / np.where(size > 0, size, 1))) if y.size else float("nan")


def naive_scale(history: Array, season: int) -> Array:
    """The mean absolute error of seasonal naive within the history, by series: what MASE is measured in. Where the
    history is no longer than a season, that of the step before. NaN where it is 0."""
    lag = season if history.shape[1] > season else 1
    errors = np.abs(history[:, lag:] - history[:, :-lag])
    if lag > 1:  # a series may have begun later than the panel
        short = ~np.isfinite(errors).any(axis=1)
        errors[short] = np.nan
        one = np.abs(history[:, 1:] - history[:, :-1])
        errors[short, :] = one[short][:, -errors.shape[1] :]
    scale = _mean(errors)
    return np.where(scale > 0, scale, np.nan)


def pinball(actual: Array, quantile: Array, level: float) -> Array:
    """The pinball loss of each step."""
    error = actual - quantile
    loss: Array = np.maximum(level * error, (level - 1) * error)
    return loss


def inside(actual: Array, low: Array, high: Array) -> Array:
    """1 where the interval held what came, 0 where not, NaN where nothing is known."""
    return np.where(np.isfinite(actual), (actual >= low) & (actual <= high), np.nan)


def _mean(values: Array) -> Array:
    seen = np.isfinite(values)
    count = seen.sum(axis=1)
    mean: Array = np.where(count > 0, np.where(seen, values, 0.0).sum(axis=1) / np.maximum(count, 1), np.nan)
    return mean
