"""Series that are made up, for the tests of the forecasts."""

import os

import numpy as np
from hypothesis import settings

from analytics.demand.panel import Array, Panel

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "25"))
quick = settings(deadline=None, max_examples=EXAMPLES, derandomize="HYPOTHESIS_EXAMPLES" not in os.environ)

AHEAD = 13


def counts(series: int = 20, steps: int = 60, *, seed: int = 1, level: float = 20.0) -> Array:
    """Counts around a level, of which some series begin late and some steps were out of stock."""
    chance = np.random.default_rng(seed)
    demand = chance.poisson(level * chance.uniform(0.2, 3.0, (series, 1)), (series, steps)).astype(float)
    demand[chance.random(demand.shape) < 0.03] = np.nan
    for row in range(series // 4):
        demand[row, : chance.integers(1, 6)] = np.nan
    return demand


def panel(demand: Array, season: int = 52, *, seed: int = 2) -> Panel:
    """The series with inputs of every kind, which have nothing to do with them."""
    chance = np.random.default_rng(seed)
    series, steps = demand.shape
    wide = (series, steps + AHEAD)
    known = {
        "promotion": (chance.random(wide) < 0.1).astype(float),
        "holidays": np.broadcast_to((chance.random(steps + AHEAD) < 0.1) / 7, wide),
        "discounts": np.zeros(wide),
    }
    price = chance.normal(-0.05, 0.05, demand.shape)
    price[chance.random(demand.shape) < 0.2] = np.nan
    lagged = {
        "price": price,
        "enquiries": np.broadcast_to(np.log1p(chance.poisson(30, steps)), demand.shape),
        "views": np.log1p(chance.poisson(50, demand.shape)),
        "market": np.broadcast_to(chance.normal(0, 0.1, steps), demand.shape),
        "competitor": np.full(demand.shape, np.nan),
    }
    return Panel(demand, season, known, lagged)
