"""Many series beside each other, and what was known of them at a cut-off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Knowing(StrEnum):
    """What is known of an input at a cut-off."""

    FUTURE = "known-future"  # planned or fixed: the weeks to come are known too
    HELD = "lagged"  # known up to the cut-off; afterwards as it was of late
    LEADING = "lagged-leading"  # the mean of the steps before each: it runs ahead of demand


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the model: which letter of f(I, P, M, T), what is known of it, and how far its effect may go: the
    standard deviation of the prior of its coefficient, on the scale of ln demand."""

    name: str
    letter: str
    knowing: Knowing
    prior: float


INPUTS = (
    Input("enquiries", "I", Knowing.LEADING, 0.3),  # ln(1 + enquiries) of the company
    Input("views", "I", Knowing.LEADING, 0.3),  # ln(1 + views of the product)
    Input("price", "P", Knowing.HELD, 1.5),  # ln(paid / reference): the coefficient is the elasticity
    Input("promotion", "P", Knowing.FUTURE, 0.7),  # share of the days
    Input("holidays", "M", Knowing.FUTURE, 0.7),  # share of the days
    Input("market", "M", Knowing.HELD, 1.0),  # ln(index / its mean)
    Input("competitor", "M", Knowing.HELD, 1.0),  # ln(index / its mean)
    Input("momentum", "T", Knowing.LEADING, 0.3),  # ln(1 + demand)
)
# Among the known-future arrays, no input of its own: what planned promotions do to ln(price).
DISCOUNTS = "discounts"
# So many steps are the level "of late".
OF_LATE = 4


@dataclass(frozen=True, slots=True)
class Panel:
    """`demand`: series × steps; NaN where it was censored (out of stock) or the series had not begun. `known`: by
    input, series × (steps + what lies ahead). `lagged`: by input, series × steps; NaN where nothing was seen.
    `season`: how many steps a season has: 52 weeks or 7 days."""

    demand: Array
    season: int
    known: Mapping[str, Array] = field(default_factory=dict)
    lagged: Mapping[str, Array] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """How long the history is."""
        return int(self.demand.shape[1])

    def cut(self, steps: int, horizon: int) -> "Panel":
        """What was known after the first `steps` steps, of `horizon` steps ahead: no later column is in it, so that
        nothing which is computed of it can look ahead. Raises ValueError where known inputs do not reach so far."""
        if any(array.shape[1] < steps + horizon for array in self.known.values()):
            raise ValueError("known-future inputs end before the horizon")
        return Panel(
            self.demand[:, :steps],
            self.season,
            {name: array[:, : steps + horizon] for name, array in self.known.items()},
            {name: array[:, :steps] for name, array in self.lagged.items()},
        )

    def of(self, series: NDArray[np.intp]) -> "Panel":
        """Some of the series."""
        known = {name: array[series] for name, array in self.known.items()}
        return Panel(
            self.demand[series], self.season, known, {name: array[series] for name, array in self.lagged.items()}
        )

    def last(self, steps: int) -> "Panel":
        """The last steps alone."""
        first = self.steps - steps
        known = {name: array[:, first:] for name, array in self.known.items()}
        lagged = {name: array[:, first:] for name, array in self.lagged.items()}
        return Panel(self.demand[:, first:], self.season, known, lagged)


def mean_of(values: Array, axis: int = 1) -> Array:
    """Means that pass over NaN; 0 where there is nothing else."""
    seen = np.isfinite(values)
    count = seen.sum(axis=axis)
    total = np.where(seen, values, 0.0).sum(axis=axis)
    mean: Array = total / np.maximum(count, 1)
    return mean


def held(filled: Array, values: Array, horizon: int) -> Array:
    """The mean of late, for each step ahead; where nothing was seen of late, the last of `filled`: as usual."""
    late = values[:, -OF_LATE:]
    level = np.where(np.isfinite(late).any(axis=1), mean_of(late), filled[:, -1])
    return np.repeat(level[:, None], horizon, axis=1)


def leading(values: Array) -> Array:
    """For each step the mean of those before it; of the first steps, which have none, that of their beginning."""
    seen = np.isfinite(values)
    total = np.cumsum(np.pad(np.where(seen, values, 0.0), ((0, 0), (1, 0))), axis=1)
    count = np.cumsum(np.pad(seen.astype(float), ((0, 0), (1, 0))), axis=1)
    index = np.arange(values.shape[1])
    since = np.maximum(index - OF_LATE, 0)
    number = count[:, index] - count[:, since]
    beginning = mean_of(values[:, :OF_LATE])[:, None]
    before: Array = np.where(
        number > 0,
        (total[:, index] - total[:, since]) / np.maximum(number, 1),
        np.broadcast_to(beginning, values.shape),
    )
    return before
