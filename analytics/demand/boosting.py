"""The global tier: one LightGBM over all series. Only where the optional library is installed."""

from importlib import import_module
from typing import Any

import numpy as np

from analytics.demand.lags import features_at, level_of
from analytics.demand.panel import Array, Panel
from analytics.demand.smoothing import damped_smoothing

MOST_ROWS = 200_000
FEWEST_ROWS = 500
LEAST_HISTORY = 8
PARAMETERS: dict[str, Any] = {
    "objective": "poisson",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.8,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
TREES = 200


def has_boosting() -> bool:
    """Whether the optional library is there and loads (requirements-heavy.in)."""
    try:
        import_module("lightgbm")
    except (ImportError, OSError):  # OSError: without the system's libgomp
        return False
    return True


def global_boosting(known: Panel, horizon: int) -> Array:
    """Learn from every earlier cut-off how the steps after it went, in units of each series' level, over all series
    together. Of too few examples nothing is learned: then it says what damped smoothing says. Raises ImportError where
    LightGBM is missing; ask `has_boosting` first."""
    library: Any = import_module("lightgbm")
    cuts = range(LEAST_HISTORY, known.steps - horizon + 1, max(1, horizon // 3))
    examples = [_examples(known.cut(cut, horizon), known.demand[:, cut : cut + horizon]) for cut in cuts]
    if sum(len(target) for _x, target, _weight in examples) < FEWEST_ROWS:
        return damped_smoothing(known, horizon)
    x, target, weight = (np.concatenate(parts) for parts in zip(*examples, strict=True))
    if len(x) > MOST_ROWS:
        chosen = np.random.default_rng(1).choice(len(x), MOST_ROWS, replace=False)
        x, target, weight = x[chosen], target[chosen], weight[chosen]
    model = library.train(PARAMETERS, library.Dataset(x, target, weight=weight), TREES)
    _names, features = features_at(known, horizon)
    told = model.predict(features.reshape(-1, features.shape[2])).reshape(len(known.demand), horizon)
    forecast: Array = np.maximum(told, 0.0) * level_of(known)[:, None]
    return forecast


def _examples(known: Panel, came: Array) -> tuple[Array, Array, Array]:
    _names, features = features_at(known, came.shape[1])
    level = level_of(known)[:, None]
    begun = np.isfinite(known.demand).sum(axis=1)[:, None] >= LEAST_HISTORY
    use = np.isfinite(came) & begun
    weight = np.sqrt(np.broadcast_to(level, came.shape))
    return features[use], (came / level)[use], weight[use]
