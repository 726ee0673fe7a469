"""The ladder: every tier is tested at several cut-offs, the best is chosen for each series, and none is ever published
that lost to seasonal naive."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.demand.boosting import global_boosting, has_boosting
from analytics.demand.intervals import pooled_quantiles, scale_ahead
from analytics.demand.metrics import HIGH80, HIGH95, LEVELS, LOW80, LOW95, inside, naive_scale, pinball
from analytics.demand.panel import Array, Panel, mean_of
from analytics.demand.plan import Plan
from analytics.demand.poisson import poisson_regression
from analytics.demand.smoothing import damped_smoothing, seasonal_naive

Tier = Callable[[Panel, int], Array]
NAIVE = "naive"
# From the simplest on: of equal ones the simpler is chosen.
TIERS: dict[str, Tier] = {NAIVE: seasonal_naive, "smoothing": damped_smoothing, "poisson": poisson_regression}
BOOSTING = "boosting"
PINBALL_LEVELS = (1, 2, 3)  # of metrics.LEVELS: .1, .5, .9


@dataclass(frozen=True, slots=True)
class Tested:
    """Series × tiers × origins. WAPE is kept as its two sums. NaN where nothing could be measured."""

    tiers: tuple[str, ...]
    origins: tuple[int, ...]
    error: Array  # sum of absolute errors
    demand: Array  # sum of demand: the same for all tiers
    mase: Array
    pinball: Array  # one more axis: .1, .5, .9
    covered80: Array
    covered95: Array

    def wape(self) -> Array:
        """By series and tier, over all origins; NaN where nothing was demanded."""
        demand = self.demand.sum(axis=2)
        wape: Array = np.where(demand > 0, self.error.sum(axis=2) / np.where(demand > 0, demand, 1.0), np.nan)
        return wape


@dataclass(frozen=True, slots=True)
class Forecasts:
    """`chosen`: by series, which of `tested.tiers`. `quantiles`: series × horizon × metrics.LEVELS."""

    plan: Plan
    tested: Tested
    chosen: NDArray[np.intp]
    forecast: Array
    quantiles: Array


def tiers_at_hand() -> dict[str, Tier]:
    """The ladder, with its optional rung where the library is installed."""
    return {**TIERS, BOOSTING: global_boosting} if has_boosting() else dict(TIERS)


def climb(panel: Panel, plan: Plan, tiers: dict[str, Tier] | None = None) -> Forecasts:
    """Test, choose and forecast. `panel` holds plan.length steps, and known-future inputs plan.horizon further."""
    ladder = tiers or tiers_at_hand()
    told = _tell(panel, plan, ladder)
    came = np.stack([panel.demand[:, cut : cut + plan.horizon] for cut in plan.origins], axis=1)
    residuals = np.empty_like(told)
    for number, cut in enumerate(plan.origins):
        for tier in range(len(ladder)):
            scale = scale_ahead(panel.demand[:, :cut], told[:, tier, number])
            residuals[:, tier, number] = (came[:, number] - told[:, tier, number]) / scale
    tested = _test(panel, plan, tuple(ladder), told, came, residuals)
    chosen = choose(tested)
    rows = np.arange(len(chosen))
    whole = panel.cut(plan.length, plan.horizon)
    used = np.unique(chosen)
    by_tier = {tier: ladder[tested.tiers[tier]](whole, plan.horizon) for tier in used}
    forecast = np.empty((len(chosen), plan.horizon))
    for tier, values in by_tier.items():
        forecast[chosen == tier] = values[chosen == tier]
    won = residuals[rows[:, None], choose_blindly(tested), np.arange(len(plan.origins))].reshape(-1, plan.horizon)
    scale = scale_ahead(whole.demand, forecast)
    quantiles = np.maximum(forecast[:, :, None] + scale[:, :, None] * pooled_quantiles(won)[None], 0.0)
    return Forecasts(plan, tested, chosen, forecast, quantiles)


def choose(tested: Tested) -> NDArray[np.intp]:
    """By series the tier with the lowest errors over all cut-offs, and so the lowest WAPE; of equal ones the simpler.
    Naive stays wherever no other is strictly better than it."""
    return _best(tested.error.sum(axis=2), tested.tiers.index(NAIVE))


def choose_blindly(tested: Tested) -> NDArray[np.intp]:
    """By series and cut-off the tier that the other cut-offs would have chosen. The errors of a winner at the cut-offs
    that it won are smaller than those it makes later; at a cut-off that had no say in it they are not."""
    total, naive = tested.error.sum(axis=2), tested.tiers.index(NAIVE)
    origins = range(len(tested.origins))
    return np.stack([_best(total - tested.error[:, :, origin], naive) for origin in origins], axis=1)


def _best(total: Array, naive: int) -> NDArray[np.intp]:
    rows = np.arange(len(total))
    best: NDArray[np.intp] = np.argmin(total, axis=1)
    return np.where(total[rows, best] < total[:, naive], best, naive)


def _tell(panel: Panel, plan: Plan, ladder: dict[str, Tier]) -> Array:
    told = np.empty((len(panel.demand), len(ladder), len(plan.origins), plan.horizon))
    for number, cut in enumerate(plan.origins):
        known = panel.cut(cut, plan.horizon)
        for tier, forecast in enumerate(ladder.values()):
            told[:, tier, number] = forecast(known, plan.horizon)
    return told


def _test(panel: Panel, plan: Plan, names: tuple[str, ...], told: Array, came: Array, residuals: Array) -> Tested:
    series, tiers, origins, horizon = told.shape
    actual = came[:, None]
    seen = np.isfinite(actual)
    error = np.where(seen, np.abs(actual - told), 0.0).sum(axis=3)
    demand = np.broadcast_to(np.where(seen, actual, 0.0).sum(axis=3), error.shape)
    mase = np.empty((series, tiers, origins))
    losses = np.empty((series, tiers, origins, len(PINBALL_LEVELS)))
    covered80, covered95 = np.empty_like(mase), np.empty_like(mase)
    for number, cut in enumerate(plan.origins):
        unit = naive_scale(panel.demand[:, :cut], panel.season)
        others = [other for other in range(origins) if other != number]
        for tier in range(tiers):
            mean_error = mean_of(np.abs(came[:, number] - told[:, tier, number]))
            mase[:, tier, number] = np.where(np.isfinite(came[:, number]).any(axis=1), mean_error / unit, np.nan)
            # the interval of one cut-off comes from the residuals at the others
            spread = pooled_quantiles(residuals[:, tier, others].reshape(-1, horizon))
            scale = scale_ahead(panel.demand[:, :cut], told[:, tier, number])
            bounds = np.maximum(told[:, tier, number, :, None] + scale[:, :, None] * spread[None], 0.0)
            for place, level in enumerate(PINBALL_LEVELS):
                losses[:, tier, number, place] = mean_of(pinball(came[:, number], bounds[:, :, level], LEVELS[level]))
            covered80[:, tier, number] = mean_of(inside(came[:, number], bounds[:, :, LOW80], bounds[:, :, HIGH80]))
            covered95[:, tier, number] = mean_of(inside(came[:, number], bounds[:, :, LOW95], bounds[:, :, HIGH95]))
    return Tested(names, plan.origins, error, demand, mase, losses, covered80, covered95)
