"""The tier that knows I, P, M and T: a Poisson regression over a seasonal baseline, of all series at once.

ln E[y_t] = ln baseline_t + b0 + trend + Σ b_k·input_k(t). The baseline is the seasonal part of the series; the newest
steps weigh most. Each coefficient has a normal prior around 0 (panel.INPUTS says how wide), so that little evidence
gives a small effect, not a wild one. Variance is dispersion × mean (quasi-Poisson)."""

from dataclasses import dataclass

import numpy as np

from analytics.demand.panel import DISCOUNTS, INPUTS, Array, Input, Knowing, Panel, held, leading, mean_of
from analytics.demand.smoothing import factors_at, seasonal_part

ROUNDS = 12
# So many seasons of weeks (or days) ago weighs half.
HALF_LIFE_STEPS = {52: 26.0, 7: 56.0}
LEVEL_PRIOR, TREND_PRIOR = 10.0, 0.25
TREND_DAMPING = 0.9
# A forecast above so many times what was ever seen is no forecast.
MOST_TIMES_SEEN = 3.0


@dataclass(frozen=True, slots=True)
class Regression:
    """Coefficients by series: columns are the level, the trend a season, then `inputs`. `errors`: their standard
    errors. `varies`: whether the input varied in the history of the series: otherwise nothing was learned of it."""

    inputs: tuple[Input, ...]
    coefficients: Array
    errors: Array
    varies: Array
    dispersion: Array
    forecast: Array


def poisson_regression(known: Panel, horizon: int) -> Array:
    """The forecast alone."""
    return fit_poisson(known, horizon).forecast


def fit_poisson(known: Panel, horizon: int) -> Regression:
    """Fit each series to its history by penalised iteratively reweighted least squares, and look `horizon` steps ahead
    with known-future inputs as planned and lagged ones as they were of late."""
    y, steps = known.demand, known.steps
    inputs, past, ahead = inputs_of(known, horizon)
    season = seasonal_part(y, known.season)
    base = np.log(factors_at(season, steps, 0, steps + horizon))
    age = np.arange(steps, 0, -1.0)
    decay = 0.5 ** (age / HALF_LIFE_STEPS.get(known.season, 26.0))
    weight = np.where(np.isfinite(y), decay, 0.0)
    counts = np.where(np.isfinite(y), y, 0.0)
    centre = _weighted_mean(past, weight)
    spread = np.abs(past - centre[:, None, :]).max(axis=1) > 1e-9
    time = np.broadcast_to(-age / 52.0, y.shape)[:, :, None]
    design = np.concatenate([np.ones_like(time), time, past - centre[:, None, :]], axis=2)
    priors = np.array([LEVEL_PRIOR, TREND_PRIOR, *(entry.prior for entry in inputs)])
    level = (weight * counts).sum(axis=1) / np.maximum((weight * np.exp(base[:, :steps])).sum(axis=1), 1e-9)
    offset = base + np.log(np.maximum(level, 1e-3))[:, None]
    beta, covariance, dispersion = _fit(design, counts, weight, offset[:, :steps], priors)
    damped = np.cumsum(TREND_DAMPING ** np.arange(1, horizon + 1)) / 52.0
    coming = np.broadcast_to(damped, (len(y), horizon))[:, :, None]
    seen_ahead = np.concatenate([np.ones_like(coming), coming, ahead - centre[:, None, :]], axis=2)
    expected = np.exp(np.clip(offset[:, steps:] + np.einsum("shk,sk->sh", seen_ahead, beta), -12.0, 30.0))
    most = MOST_TIMES_SEEN * np.where(np.isfinite(y), y, 0.0).max(axis=1) + 1.0
    errors = np.sqrt(np.maximum(np.diagonal(covariance, axis1=1, axis2=2), 0.0))
    return Regression(inputs, beta, errors, spread.astype(float), dispersion, np.minimum(expected, most[:, None]))


def inputs_of(known: Panel, horizon: int) -> tuple[tuple[Input, ...], Array, Array]:
    """The inputs that the panel has, as series × steps × inputs: of the past, and of the steps ahead."""
    lagged = {**known.lagged, "momentum": np.log1p(np.maximum(known.demand, 0.0))}
    steps = known.steps
    found, past, ahead = [], [], []
    for entry in INPUTS:
        if entry.knowing is Knowing.FUTURE:
            if entry.name not in known.known:
                continue
            values = known.known[entry.name]
            before, after = values[:, :steps], values[:, steps : steps + horizon]
        elif entry.name in lagged:
            values = lagged[entry.name]
            before = leading(values) if entry.knowing is Knowing.LEADING else _filled(values)
            after = _price_ahead(known, horizon) if entry.name == "price" else held(before, values, horizon)
        else:
            continue
        found.append(entry)
        past.append(before)
        ahead.append(after)
    return tuple(found), np.stack(past, axis=2), np.stack(ahead, axis=2)


def _price_ahead(known: Panel, horizon: int) -> Array:
    """As it was of late outside promotions, less the discounts that are planned."""
    price, steps = known.lagged["price"], known.steps
    planned = known.known.get(DISCOUNTS, np.zeros((len(price), steps + horizon)))
    usual = price - planned[:, :steps]
    return held(_filled(usual), usual, horizon) + planned[:, steps : steps + horizon]


def _filled(values: Array) -> Array:
    """Steps of which nothing is known are as usual: they pull at no coefficient."""
    return np.where(np.isfinite(values), values, mean_of(values)[:, None])


def _weighted_mean(past: Array, weight: Array) -> Array:
    total = np.maximum(weight.sum(axis=1), 1e-9)
    mean: Array = np.einsum("stk,st->sk", past, weight) / total[:, None]
    return mean


def _fit(design: Array, counts: Array, weight: Array, offset: Array, priors: Array) -> tuple[Array, Array, Array]:
    series, _steps, columns = design.shape
    beta = np.zeros((series, columns))
    dispersion = np.ones(series)
    number = np.maximum(weight.sum(axis=1) - 2, 1.0)
    penalty = 1.0 / priors**2
    hessian = np.empty((series, columns, columns))
    for round_ in range(ROUNDS):
        eta = np.clip(offset + np.einsum("stk,sk->st", design, beta), -12.0, 30.0)
        mean = np.exp(eta)
        if round_ >= 3:
            pearson = weight * (counts - mean) ** 2 / np.maximum(mean, 1e-6)
            dispersion = np.maximum(pearson.sum(axis=1) / number, 1.0)
        pull = weight / dispersion[:, None]
        work = np.maximum(mean, 1e-6) * pull
        gradient = np.einsum("stk,st->sk", design, (counts - mean) * pull) - penalty * beta
        hessian = np.matmul(design.transpose(0, 2, 1), design * work[:, :, None])
        hessian[:, np.arange(columns), np.arange(columns)] += penalty
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
        beta = beta + np.clip(step, -1.0, 1.0)
    covariance: Array = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
    return beta, covariance, dispersion
