"""T for the global model: what the history of a series says at a cut-off, of each step ahead."""

import numpy as np

from analytics.demand.panel import Array, Panel, mean_of
from analytics.demand.poisson import inputs_of

LAGS = (1, 2, 4, 13, 52)
MEANS = (4, 13)
TREND_STEPS = 26


def level_of(known: Panel) -> Array:
    """What the series usually sells of late: all else is measured in it."""
    longest = mean_of(known.demand[:, -MEANS[1] :])
    level: Array = np.maximum(np.where(longest > 0, longest, mean_of(known.demand)), 0.1)
    return level


def features_at(known: Panel, horizon: int) -> tuple[list[str], Array]:
    """Names, and series × horizon × features. Lags count from the step foretold; those that lie ahead of the cut-off
    are not known and are left out by taking the newest that is: the same lag a season of lags earlier."""
    y, steps = known.demand, known.steps
    level = level_of(known)
    ahead = np.arange(1, horizon + 1)
    names, columns = [], []

    def add(name: str, values: Array) -> None:
        names.append(name)
        columns.append(np.broadcast_to(values, (len(y), horizon)))

    for lag in LAGS:
        back = np.where(ahead <= lag, lag, lag * -(-ahead // lag))
        index = steps + ahead - 1 - back
        found = np.full((len(y), horizon), np.nan)
        inside = index >= 0
        found[:, inside] = y[:, index[inside]]
        add(f"lag {lag}", found / level[:, None])
    for length in MEANS:
        add(f"mean of {length}", (mean_of(y[:, -length:]) / level)[:, None])
    older = mean_of(y[:, -TREND_STEPS : -MEANS[1]]) if steps > MEANS[1] else level
    add("trend", (level / np.maximum(older, 0.1))[:, None])
    place = 2 * np.pi * (steps + ahead - 1) / known.season
    add("season sin", np.sin(place)[None, :])
    add("season cos", np.cos(place)[None, :])
    add("ahead", ahead[None, :].astype(float))
    add("level", np.log(level)[:, None])
    inputs, _past, coming = inputs_of(known, horizon)
    for number, entry in enumerate(inputs):
        add(entry.name, coming[:, :, number])
    return names, np.stack(columns, axis=2)
