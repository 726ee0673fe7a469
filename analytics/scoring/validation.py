"""Do the scores foretell anything? ROC-AUC, log loss and calibration against simpler predictors (SCORES.md §1).

Predictors are no probabilities, so each is turned into one by a logistic curve that is fitted on the earlier half of
the ratings; everything is measured on the later half. Intervals come from a bootstrap over customers: the ratings of
one customer are not independent of each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.scoring.hindsight import Sample

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

REPLICATES = 1000
LEAST = 10
"""So many bad and so many other ratings each half needs: below, no curve and no interval means anything."""
BINS = 10
INTERVAL = (2.5, 97.5)
REFERENCE = "shrunk_rating"
"""What satisfaction has to beat to be worth its four factors."""
_SEED = 20_261_126


class NotEnoughRatings(Exception):
    """There are too few ratings, or too few bad ones, to say anything: `ratings`, `bad` of them bad."""

    def __init__(self, ratings: int, bad: int) -> None:
        super().__init__(f"{ratings} ratings, {bad} of them bad: {LEAST} of each kind are needed")
        self.ratings, self.bad = ratings, bad


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bin:
    """A tenth of the ratings, by what was foretold: how many bad ones were expected and how many there were."""

    count: int
    foretold: float
    observed: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """One predictor. auc: the chance that a bad rating had a lower value than another one. calibration_error: the mean
    distance of foretold and observed share over the tenths. better_auc, better_log_loss: by how much satisfaction is
    better than this one, above 0 where it is; nothing for itself."""

    name: str
    auc: Estimate
    log_loss: Estimate
    calibration_error: float
    bins: tuple[Bin, ...]
    better_auc: Estimate | None
    better_log_loss: Estimate | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All predictors on the same ratings. base_log_loss: of foretelling the share of bad ratings for everybody."""

    fitted_on: int
    tested_on: int
    customers: int
    bad_share: float
    base_log_loss: float
    split_at: float
    judgements: tuple[Judgement, ...]


def evaluate(sample: Sample, split_at: float, *, replicates: int = REPLICATES) -> Evaluation:
    """Fit on the ratings before `split_at` (seconds since 1970), measure on the others.

    Raises NotEnoughRatings, saying what there is."""
    earlier, later = sample.only(sample.at < split_at), sample.only(sample.at >= split_at)
    for half in earlier, later:
        _check(half)
    share = float(earlier.is_bad.mean())
    chances = {name: _chances(name, earlier, later) for name in sample.predictors}
    weights = _weights(later.customer, replicates)
    drawn = {name: _Drawn(later, name, chances[name]) for name in sample.predictors}
    bins = {name: _bins_of(chance) for name, chance in chances.items()}
    tallies: dict[str, list[Floats]] = {name: [] for name in sample.predictors}
    for weight in weights:
        for name, figures in drawn.items():
            figures.draw(weight)
            tallies[name].append(_shares(bins[name], later.is_bad, weight))
    judgements = tuple(
        _judge(name, drawn, _tenths(bins[name], chances[name], later.is_bad, np.array(tallies[name])))
        for name in sample.predictors
    )
    return Evaluation(
        fitted_on=earlier.is_bad.size,
        tested_on=later.is_bad.size,
        customers=np.unique(later.customer).size,
        bad_share=float(later.is_bad.mean()),
        base_log_loss=float(_losses(np.full(later.is_bad.size, share), later.is_bad).mean()),
        split_at=split_at,
        judgements=judgements,
    )


def fit_logistic(x: Floats, y: Bools) -> tuple[float, float]:
    """Intercept and slope of the chance of y by x, by Newton's method. A slope that says nothing is 0: the small ridge
    keeps it finite where x never differs or tells y apart without fault."""
    scale = float(x.std()) or 1.0
    rows = np.column_stack([np.ones(x.size), (x - x.mean()) / scale])
    ridge = np.diag([1e-9, 1e-3])
    beta = np.zeros(2)
    for _ in range(50):
        chance = _sigmoid(rows @ beta)
        gradient = rows.T @ (y - chance) - ridge @ beta
        hessian = (rows * (chance * (1.0 - chance))[:, np.newaxis]).T @ rows + ridge
        step = np.linalg.solve(hessian, gradient)
        beta = beta + np.clip(step, -4.0, 4.0)
        if np.abs(step).max() < 1e-10:
            break
    slope = float(beta[1]) / scale
    return float(beta[0]) - slope * float(x.mean()), slope


class RankedAUC:
    """ROC-AUC of one predictor for any weights of its rows: sorted once. Equal values count half."""

    def __init__(self, value: Floats, is_bad: Bools) -> None:
        self._group = np.unique(value, return_inverse=True)[1]
        self._bad = is_bad.astype(np.float64)

    def __call__(self, weight: Floats) -> float:
        """The chance that of two rows, drawn by weight, the bad one has the lower value; one half where there is no
        such pair."""
        bad = np.bincount(self._group, weight * self._bad)
        good = np.bincount(self._group, weight * (1.0 - self._bad))
        above = good.sum() - np.cumsum(good)
        pairs = bad.sum() * good.sum()
        return float((bad * (above + 0.5 * good)).sum() / pairs) if pairs else 0.5


class _Drawn:
    """A predictor's figures, and the same of every replicate."""

    def __init__(self, later: Sample, name: str, chance: Floats) -> None:
        self._auc = RankedAUC(later.predictors[name], later.is_bad)
        self._loss = _losses(chance, later.is_bad)
        self.auc, self.log_loss = self._auc(np.ones(chance.size)), float(self._loss.mean())
        self.aucs: list[float] = []
        self.log_losses: list[float] = []

    def draw(self, weight: Floats) -> None:
        self.aucs.append(self._auc(weight))
        self.log_losses.append(float((weight * self._loss).sum() / weight.sum()))


def _check(half: Sample) -> None:
    bad = int(half.is_bad.sum())
    if min(bad, half.is_bad.size - bad) < LEAST:
        raise NotEnoughRatings(half.is_bad.size, bad)


def _chances(name: str, earlier: Sample, later: Sample) -> Floats:
    intercept, slope = fit_logistic(earlier.predictors[name], earlier.is_bad)
    return _sigmoid(intercept + slope * later.predictors[name])


def _weights(customer: NDArray[np.int64], replicates: int) -> Iterator[Floats]:
    """How often each row counts in a replicate: as often as its customer was drawn."""
    _, who = np.unique(customer, return_inverse=True)
    n = int(who.max()) + 1
    draw = np.random.default_rng(_SEED)
    for _ in range(replicates):
        yield np.bincount(draw.integers(0, n, n), minlength=n).astype(np.float64)[who]


def _judge(name: str, drawn: dict[str, _Drawn], bins: tuple[Bin, ...]) -> Judgement:
    mine, ours = drawn[name], drawn["satisfaction"]
    other = name != "satisfaction"
    n = sum(row.count for row in bins)
    return Judgement(
        name=name,
        auc=_estimate(mine.auc, mine.aucs),
        log_loss=_estimate(mine.log_loss, mine.log_losses),
        calibration_error=sum(row.count * abs(row.foretold - row.observed) for row in bins) / n,
        bins=bins,
        better_auc=_estimate(ours.auc - mine.auc, np.subtract(ours.aucs, mine.aucs)) if other else None,
        better_log_loss=_estimate(mine.log_loss - ours.log_loss, np.subtract(mine.log_losses, ours.log_losses))
        if other
        else None,
    )


def _estimate(value: float, drawn: list[float] | Floats) -> Estimate:
    low, high = np.percentile(drawn, INTERVAL)
    return Estimate(value, float(low), float(high))


def _bins_of(chance: Floats) -> NDArray[np.int64]:
    """The tenth of each row, from the most hopeful on. Equal chances stay together, so there may be fewer."""
    edges = np.unique(np.quantile(chance, np.arange(1, BINS) / BINS, method="lower"))
    number = np.searchsorted(edges, chance, side="right")
    return np.asarray(np.unique(number, return_inverse=True)[1], dtype=np.int64)


def _shares(bins: NDArray[np.int64], is_bad: Bools, weight: Floats) -> Floats:
    everybody = np.bincount(bins, weight)
    bad = np.bincount(bins, weight * is_bad)
    empty = np.full(everybody.size, np.nan)
    return np.asarray(np.divide(bad, everybody, where=everybody > 0, out=empty), dtype=np.float64)


def _tenths(bins: NDArray[np.int64], chance: Floats, is_bad: Bools, drawn: Floats) -> tuple[Bin, ...]:
    count = np.bincount(bins)
    foretold, observed = np.bincount(bins, chance) / count, np.bincount(bins, is_bad) / count
    low, high = np.nanpercentile(drawn, INTERVAL, axis=0)
    return tuple(Bin(int(n), *map(float, row)) for n, *row in zip(count, foretold, observed, low, high, strict=True))


def _losses(chance: Floats, is_bad: Bools) -> Floats:
    safe = np.clip(chance, 1e-12, 1.0 - 1e-12)
    return np.where(is_bad, -np.log(safe), -np.log1p(-safe))


def _sigmoid(z: Floats) -> Floats:
    small = np.exp(-np.abs(z))
    return np.where(z >= 0.0, 1.0, small) / (1.0 + small)
