"""What a score would have said just before each rating: the features of a test of the scores (SCORES.md §1).

Of every rating only what happened strictly before it is looked at, as it stood then: corrections and exclusions that
came later are not known yet. Times are seconds since 1970."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.scoring.baselines import measure_baselines
from analytics.scoring.facts import SCALES, MeasureCode
from analytics.scoring.parameters import FactorCode, ScoreParameters
from analytics.scoring.population import score_population

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# (place of the row, moment) -> business seconds that this message has waited by then.
Waited = Callable[[int, float], float]

BAD_FROM = 0.25
"""A rating in the lowest quarter of its scale is bad: 1 or 2 of 5."""
MOST_RATINGS = 50
"""Of one customer so many ratings at most are looked at, the newest: nobody outweighs everybody else."""
_SECONDS_A_DAY = 86_400.0
_MOST_PAIRS = 2_000_000
_RATINGS = tuple(int(MeasureCode[name.upper()]) for name in SCALES)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Rows of the observation ledger as columns, in the order of customers, each customer's by key.

    x: from `fact_arrays.values`, NaN of a reply still waited for. counts_from, counts_until: a row counts after the
    first (when it happened, its exclusion ended, its message fell due) and up to the second (when it was superseded;
    infinite: it stands). target: of a waiting reply, in seconds, else NaN. subject: the same number for rows about
    the same rating. is_given: not an exclusion, which repeats what was said before.
    """

    customer: Ints
    factor: Ints
    measure: Ints
    x: Floats
    at: Floats
    counts_from: Floats
    counts_until: Floats
    target: Floats
    subject: Ints
    is_given: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sample:
    """Ratings with what was known before each, in the order of time. Every predictor is better when it is higher.

    customer, at: whose and when. is_bad: what is to be foretold. had_rating: whether the customer had said anything
    before. predictors: by name, see PREDICTORS.
    """

    customer: Ints
    at: Floats
    is_bad: NDArray[np.bool_]
    had_rating: NDArray[np.bool_]
    predictors: dict[str, Floats]

    def only(self, rows: NDArray[np.bool_]) -> Sample:
        """A part of it."""
        return Sample(
            self.customer[rows],
            self.at[rows],
            self.is_bad[rows],
            self.had_rating[rows],
            {name: column[rows] for name, column in self.predictors.items()},
        )


PREDICTORS = ("satisfaction", "shrunk_rating", "raw_mean", "last_rating", "mean_of_factors")
"""satisfaction: z, the log-odds of the score. shrunk_rating: the same of the quality factor alone. raw_mean and
last_rating: of the ratings before, the baseline where there is none. mean_of_factors: (Q + R + S + 1/p) / 4."""


def ratings_of(ledger: Ledger) -> Ints:
    """The places of the ratings to foretell: of each the first that was said, the newest of a customer, in the order of
    time. A rating that somebody excluded is left out."""
    rated = np.flatnonzero(np.isin(ledger.measure, _RATINGS) & ~np.isnan(ledger.x))
    contested = np.unique(ledger.subject[rated[~ledger.is_given[rated]]])
    rated = rated[np.lexsort((rated, ledger.at[rated]))]
    rated = rated[np.sort(np.unique(ledger.subject[rated], return_index=True)[1])]
    rated = rated[~np.isin(ledger.subject[rated], contested)]
    newest_first = rated[::-1]
    by_customer = newest_first[np.argsort(ledger.customer[newest_first], kind="stable")]
    who = ledger.customer[by_customer]
    rank = np.arange(who.size) - np.searchsorted(who, who, side="left")
    kept = by_customer[rank < MOST_RATINGS]
    return kept[np.lexsort((kept, ledger.at[kept]))]


def average_at(
    ledger: Ledger, as_of: float, current: ScoreParameters, of: NDArray[np.bool_] | None = None
) -> ScoreParameters:
    """The current parameters with the baselines of what was known at a moment: nothing later moves them. of: the rows
    to look at; without, all."""
    known = (ledger.counts_from < as_of) & (ledger.counts_until >= as_of) & ~np.isnan(ledger.x)
    if of is not None:
        known &= of
    ages = (as_of - ledger.at[known]) / _SECONDS_A_DAY
    return measure_baselines(ledger.factor[known], ledger.x[known], ages, current)


def look_back(
    ledger: Ledger,
    ratings: Ints,
    parameters: ScoreParameters | Sequence[ScoreParameters],
    waited: Waited,
    sets: Ints | None = None,
) -> Sample:
    """What was known before each of these ratings, and what was said then. Of several parameters `sets` says by place
    which were in force for each rating."""
    models = [parameters] if isinstance(parameters, ScoreParameters) else list(parameters)
    of = np.zeros(len(ratings), dtype=np.int64) if sets is None else sets
    parts = [_look_back(ledger, ratings[part], models, of[part], waited) for part in _portions(ledger, ratings)]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in (*PREDICTORS, "had_rating")}
    return Sample(
        customer=ledger.customer[ratings],
        at=ledger.at[ratings],
        is_bad=ledger.x[ratings] <= BAD_FROM,
        had_rating=columns.pop("had_rating") > 0.0,
        predictors=columns,
    )


def _portions(ledger: Ledger, ratings: Ints) -> list[Ints]:
    """Positions among the ratings: so many at a time that the pairs with their customers' rows fit into memory."""
    start, end = _rows_of(ledger, ratings)
    portion = np.cumsum(end - start) // _MOST_PAIRS
    return [np.flatnonzero(portion == number) for number in np.unique(portion)] or [np.arange(len(ratings))]


def _rows_of(ledger: Ledger, ratings: Ints) -> tuple[Ints, Ints]:
    who = ledger.customer[ratings]
    return np.searchsorted(ledger.customer, who, "left"), np.searchsorted(ledger.customer, who, "right")


def _look_back(
    ledger: Ledger, ratings: Ints, models: Sequence[ScoreParameters], sets: Ints, waited: Waited
) -> dict[str, Floats]:
    which, row = _pairs(ledger, ratings)
    moment = ledger.at[ratings][which]
    x, age = ledger.x[row].copy(), (moment - ledger.at[row]) / _SECONDS_A_DAY
    for i in np.flatnonzero(~np.isnan(ledger.target[row])):
        place = int(row[i])
        seconds, target = waited(place, float(moment[i])), float(ledger.target[place])
        x[i], age[i] = (2.0 ** -(seconds / target) if seconds > target else np.nan), 0.0
    scores = score_population(which, ledger.factor[row], x, age, len(ratings), models, sets)
    q, r, s, p = scores.factors.T
    said = np.isin(ledger.measure[row], _RATINGS)
    usual = np.array([model.quality.baseline for model in models])[sets]
    before = _ratings_before(which[said], x[said], ledger.at[row][said], len(ratings), usual)
    return {
        "satisfaction": scores.z,
        "shrunk_rating": scores.contributions[:, FactorCode.QUALITY - 1],
        "mean_of_factors": (q + r + s + 1.0 / p) / 4.0,
        **before,
    }


def _pairs(ledger: Ledger, ratings: Ints) -> tuple[Ints, Ints]:
    """Each rating with each row of its customer that counted just before it: positions in `ratings`, and places."""
    start, end = _rows_of(ledger, ratings)
    length = end - start
    which = np.repeat(np.arange(len(ratings)), length)
    first = np.repeat(np.cumsum(length) - length, length)
    row = np.repeat(start, length) + np.arange(length.sum()) - first
    moment = ledger.at[ratings][which]
    counts = (ledger.counts_from[row] < moment) & (ledger.counts_until[row] >= moment)
    return which[counts], row[counts]


def _ratings_before(which: Ints, x: Floats, at: Floats, n: int, usual: Floats) -> dict[str, Floats]:
    count = np.bincount(which, minlength=n)
    had = count > 0
    mean, last = usual.copy(), usual.copy()
    mean[had] = np.bincount(which, x, n)[had] / count[had]
    order = np.lexsort((at, which))
    last[which[order]] = x[order]  # of several the one that is written last, which is the newest
    return {"raw_mean": mean, "last_rating": last, "had_rating": had.astype(np.float64)}
