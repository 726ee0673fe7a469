"""The tiers that know time alone: seasonal naive, and damped exponential smoothing over a seasonal part."""

from itertools import product

import numpy as np

from analytics.demand.panel import Array, Panel, mean_of

# A series is worth so many seasons before it trusts its own seasonal part as much as that of all series.
POOLED_SEASONS = 4.0
ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8)
BETAS, PHIS = (0.1, 0.3), (0.8, 0.95)
# alpha, beta, phi of the candidates: without a trend, and with a damped one
GRID = np.array(
    [(alpha, 0.0, 0.0) for alpha in ALPHAS]
    + [(alpha, alpha * beta, phi) for alpha, beta, phi in product(ALPHAS[2:], BETAS, PHIS)]
)
WARM_UP = 4


def seasonal_naive(known: Panel, horizon: int) -> Array:
    """Each step as the same one a season before; where that was censored or before the series began, a season earlier;
    where there is none, as the last step that was seen."""
    y, steps = known.demand, known.steps
    forecast = np.repeat(_last_seen(y)[:, None], horizon, axis=1)
    for ahead in range(horizon):
        found = np.zeros(len(y), dtype=bool)
        for index in range(steps + ahead - known.season, -1, -known.season):
            if index >= steps:
                continue
            take = ~found & np.isfinite(y[:, index])
            forecast[take, ahead] = y[take, index]
            found |= take
            if found.all():
                break
    return forecast


def _last_seen(y: Array) -> Array:
    seen = np.isfinite(y)
    index = y.shape[1] - 1 - np.argmax(seen[:, ::-1], axis=1)
    last = y[np.arange(len(y)), index]
    return np.where(np.isfinite(last), last, 0.0)


def seasonal_part(y: Array, season: int) -> Array:
    """Factors of each place in the season (series × season), of mean 1; all 1 with less than two full seasons. The
    last step of `y` has the last factor. A series' own factors are drawn to those of all series."""
    seasons = y.shape[1] // season
    if seasons < 2:
        return np.ones((len(y), season))
    blocks = y[:, -seasons * season :].reshape(len(y), seasons, season)
    level = mean_of(blocks, axis=2)[:, :, None]
    seen = np.isfinite(blocks) & (level > 0)
    ratio = np.where(seen, blocks / np.where(level > 0, level, 1.0), 0.0)
    own_sum, own_count = ratio.sum(axis=1), seen.sum(axis=1)
    if season > 14:  # a week of the year is seen too seldom to stand alone, and would take promotions for the season
        own_sum, own_count = _around(own_sum), _around(own_count)
    pooled = (own_sum.sum(axis=0) + 1) / (own_count.sum(axis=0) + 1)
    factors: Array = (own_sum + POOLED_SEASONS * pooled) / (own_count + POOLED_SEASONS)
    factors = np.maximum(factors, 0.05)
    factors /= factors.mean(axis=1, keepdims=True)
    return factors


def _around(values: Array) -> Array:
    """The mean of each place in the season with the two before and after it."""
    mean: Array = np.mean([np.roll(values, shift, axis=1) for shift in range(-2, 3)], axis=0)
    return mean


def factors_at(factors: Array, steps: int, first: int, last: int) -> Array:
    """The factors of the steps first <= t < last, where the history has `steps` of them."""
    season = factors.shape[1]
    return factors[:, (np.arange(first, last) - steps) % season]


def damped_smoothing(known: Panel, horizon: int) -> Array:
    """Exponential smoothing with a damped trend. Of a grid of parameters each series takes those with the least squared
    error one step ahead; steps that were censored move nothing."""
    y, steps = known.demand, known.steps
    factors = seasonal_part(y, known.season)
    x = y / factors_at(factors, steps, 0, steps)
    alpha, beta, phi = GRID.T
    begun = np.argmax(np.isfinite(x), axis=1)
    start = np.array([mean_of(row[None, first : first + WARM_UP])[0] for row, first in zip(x, begun, strict=True)])
    level = np.repeat(start[:, None], len(GRID), axis=1)
    trend = np.zeros_like(level)
    squares = np.zeros_like(level)
    for t in range(steps):
        foretold = level + phi * trend
        seen = np.isfinite(x[:, t])
        error = np.where(seen[:, None], x[:, t : t + 1] - foretold, 0.0)
        error[~seen] = 0.0
        squares += np.where((t >= begun + WARM_UP)[:, None], error * error, 0.0)
        began = (t >= begun)[:, None]
        level = np.where(began, foretold + alpha * error, level)
        trend = np.where(began, phi * trend + beta * error, trend)
    best = np.argmin(squares, axis=1)
    rows = np.arange(len(y))
    damping = np.cumsum(phi[best][:, None] ** np.arange(1, horizon + 1), axis=1)
    forecast: Array = level[rows, best][:, None] + damping * trend[rows, best][:, None]
    return np.maximum(forecast, 0.0) * factors_at(factors, steps, steps, steps + horizon)
